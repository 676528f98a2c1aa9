# Functions that register tests, one line per test program:
#
#   tessera_unit_test(NAME SOURCE... [LIBRARIES TARGET...])
#     One process, no MPI; ctest knows it as unit.NAME.
#
#   tessera_mpi_test(NAME SOURCE... RANKS COUNT... [LIBRARIES TARGET...] [TIMEOUT SECONDS] [LABELS LABEL...])
#     One ctest entry per number of ranks, mpi.NAME.np3 and so on, each in a directory of its own, so that they may run
#     side by side. SOURCEs have no main(): tests/mpi/mpi_main.cpp is linked.
#
# Both see the library's private headers ("grid/owned_box.hpp"). Every test has a timeout: 60 s for MPI tests unless
# said otherwise, 180 s for unit tests, five times as long with sanitizers.
find_package(GTest QUIET)
if(NOT TARGET GTest::gtest)
  message(FATAL_ERROR "Tessera: no GoogleTest found, which the tests need. Install it (Debian: libgtest-dev) or build "
    "without tests: -DTESSERA_BUILD_TESTS=OFF.")
endif()

# What tests link: Tessera, with Kokkos where there is one.
set(TESSERA_TESTED tessera)
if(TESSERA_HAVE_KOKKOS)
  set(TESSERA_TESTED tessera_kokkos)
endif()

set(TESSERA_TIMEOUT_FACTOR 1)
if(TESSERA_SANITIZE)
  set(TESSERA_TIMEOUT_FACTOR 5)
endif()

# Compiling the tests takes longer than running most of them. They are optimised less than the library, and read
# GoogleTest's header once; a compiler cache does that better.
function(tessera_test_compilation target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  if(CMAKE_CXX_COMPILER_LAUNCHER)
    return()
  endif()
  if(NOT TARGET tessera_test_headers)
    file(CONFIGURE OUTPUT test_headers.cpp CONTENT "// What all tests include, precompiled.\n")
    add_library(tessera_test_headers OBJECT ${CMAKE_CURRENT_BINARY_DIR}/test_headers.cpp)
    target_compile_options(tessera_test_headers PRIVATE $<$<CONFIG:Release>:-O1>)
    target_link_libraries(tessera_test_headers PRIVATE GTest::gtest ${TESSERA_TESTED} tessera_settings)
    target_precompile_headers(tessera_test_headers PRIVATE <gtest/gtest.h>)
  endif()
  target_precompile_headers(${target} REUSE_FROM tessera_test_headers)
endfunction()

# Compiles up to eight sources of a test program as one, in a third of the time: they share what templates become, and
# so the names in their unnamed namespaces differ.
function(tessera_compile_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
endfunction()

function(tessera_test_program target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
  add_executable(${target} ${arg_SOURCES})
  tessera_test_compilation(${target})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../src)
  target_link_libraries(${target} PRIVATE ${arg_LIBRARIES} ${TESSERA_TESTED} tessera_settings)
endfunction()

function(tessera_unit_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
  tessera_test_program(unit_${name} SOURCES ${arg_UNPARSED_ARGUMENTS} LIBRARIES GTest::gtest GTest::gtest_main
    ${arg_LIBRARIES})
  tessera_compile_together(unit_${name})
  add_test(NAME unit.${name} COMMAND unit_${name})
  math(EXPR timeout "180 * ${TESSERA_TIMEOUT_FACTOR}")
  set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT ${timeout})
endfunction()

function(tessera_mpi_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "RANKS;LIBRARIES;LABELS")
  if(NOT arg_RANKS)
    message(FATAL_ERROR "tessera_mpi_test(${name}): no RANKS given")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  math(EXPR timeout "${arg_TIMEOUT} * ${TESSERA_TIMEOUT_FACTOR}")
  if(NOT TARGET tessera_mpi_main)
    add_library(tessera_mpi_main OBJECT ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../tests/mpi/mpi_main.cpp)
    target_link_libraries(tessera_mpi_main PRIVATE GTest::gtest ${TESSERA_TESTED} tessera_settings)
    tessera_test_compilation(tessera_mpi_main)
  endif()
  tessera_test_program(mpi_${name} SOURCES ${arg_UNPARSED_ARGUMENTS} $<TARGET_OBJECTS:tessera_mpi_main>
    LIBRARIES GTest::gtest ${arg_LIBRARIES})
  foreach(ranks IN LISTS arg_RANKS)
    set(test mpi.${name}.np${ranks})
    set(directory ${CMAKE_CURRENT_BINARY_DIR}/${test})
    file(MAKE_DIRECTORY ${directory})
    add_test(NAME ${test} WORKING_DIRECTORY ${directory}
      COMMAND ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/mpi_launch.sh ${ranks} $<TARGET_FILE:mpi_${name}>)
    set_tests_properties(${test} PROPERTIES LABELS "mpi;${arg_LABELS}" TIMEOUT ${timeout} PROCESSORS ${ranks})
  endforeach()
endfunction()
