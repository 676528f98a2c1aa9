# Finds Kokkos and defines the target Kokkos::kokkos where the installation does not.
#
# Debian 12's libtrilinos-kokkos-dev (Kokkos 3.4.1) has a configuration that exports a target without an include folder
# and without the name Kokkos::kokkos; Debian unstable's Kokkos 5.2.2 names a library that does not exist. The branch
# below mends the first. Delete it when Debian 12 is no longer supported.
function(tessera_find_kokkos)
  if(TARGET Kokkos::kokkos)
    return()
  endif()
  find_package(Kokkos QUIET)
  if(TARGET Kokkos::kokkos)
    message(STATUS "Kokkos: ${Kokkos_VERSION} (${Kokkos_DIR})")
    return()
  endif()
  find_library(TESSERA_TRILINOS_KOKKOS_LIBRARY trilinos_kokkoscore)
  find_path(TESSERA_TRILINOS_KOKKOS_INCLUDE Kokkos_Core.hpp PATH_SUFFIXES trilinos)
  mark_as_advanced(TESSERA_TRILINOS_KOKKOS_LIBRARY TESSERA_TRILINOS_KOKKOS_INCLUDE)
  if(TESSERA_TRILINOS_KOKKOS_LIBRARY AND TESSERA_TRILINOS_KOKKOS_INCLUDE)
    add_library(Kokkos::kokkos INTERFACE IMPORTED GLOBAL)
    target_include_directories(Kokkos::kokkos SYSTEM INTERFACE ${TESSERA_TRILINOS_KOKKOS_INCLUDE})
    target_link_libraries(Kokkos::kokkos INTERFACE ${TESSERA_TRILINOS_KOKKOS_LIBRARY} ${CMAKE_DL_LIBS})
    message(STATUS "Kokkos: Trilinos' (${TESSERA_TRILINOS_KOKKOS_LIBRARY})")
  endif()
endfunction()

# Last resort, on request: a pinned release, built with the project (Serial, and OpenMP where the compiler has it).
function(tessera_fetch_kokkos)
  include(FetchContent)
  FetchContent_Declare(kokkos GIT_REPOSITORY https://github.com/kokkos/kokkos.git GIT_TAG 4.7.01 GIT_SHALLOW TRUE)
  set(Kokkos_ENABLE_SERIAL ON CACHE BOOL "")
  FetchContent_MakeAvailable(kokkos)
endfunction()
