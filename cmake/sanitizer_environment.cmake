# Read by ctest in builds with TESSERA_SANITIZE: what the sanitizers are to do in every test and in its MPI processes.
# Whole stacks (fast_unwind_on_malloc=0), since Debian's MPI and HDF5 have no frame pointers and suppressions need a
# name.
set(ENV{ASAN_OPTIONS} "detect_leaks=1:fast_unwind_on_malloc=0:strict_string_checks=1:$ENV{ASAN_OPTIONS}")
set(ENV{LSAN_OPTIONS} "suppressions=${CMAKE_CURRENT_LIST_DIR}/lsan.supp:print_suppressions=0:$ENV{LSAN_OPTIONS}")
set(ENV{UBSAN_OPTIONS} "print_stacktrace=1:$ENV{UBSAN_OPTIONS}")
set(tsan "suppressions=${CMAKE_CURRENT_LIST_DIR}/tsan.supp:print_suppressions=0:second_deadlock_stack=1")
set(ENV{TSAN_OPTIONS} "${tsan}:$ENV{TSAN_OPTIONS}")
