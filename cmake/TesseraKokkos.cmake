# Finds Kokkos and defines the target Kokkos::kokkos where the installation does not, or does it wrongly.
#
# Debian 12's libtrilinos-kokkos-dev (Kokkos 3.4.1) exports a Kokkos::kokkos whose include folder does not exist (its headers lie
# in the folder trilinos of the system's include folder) and which links nothing; Debian unstable's Kokkos 5.2.2 names a library that
# does not exist. tessera_mend_kokkos repairs the first. Delete it when Debian 12 is no longer supported.
function(tessera_mend_kokkos)
  get_target_property(folders Kokkos::kokkos INTERFACE_INCLUDE_DIRECTORIES)
  foreach(folder IN LISTS folders)
    if(NOT folder MATCHES "^\\$<" AND NOT EXISTS "${folder}/Kokkos_Core.hpp")
      find_path(TESSERA_TRILINOS_KOKKOS_INCLUDE Kokkos_Core.hpp PATH_SUFFIXES trilinos)
      find_library(TESSERA_TRILINOS_KOKKOS_LIBRARY trilinos_kokkoscore)
      mark_as_advanced(TESSERA_TRILINOS_KOKKOS_LIBRARY TESSERA_TRILINOS_KOKKOS_INCLUDE)
      if(TESSERA_TRILINOS_KOKKOS_LIBRARY AND TESSERA_TRILINOS_KOKKOS_INCLUDE)
        set_target_properties(Kokkos::kokkos PROPERTIES
          INTERFACE_INCLUDE_DIRECTORIES "${TESSERA_TRILINOS_KOKKOS_INCLUDE}"
          INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${TESSERA_TRILINOS_KOKKOS_INCLUDE}"
          INTERFACE_LINK_LIBRARIES "${TESSERA_TRILINOS_KOKKOS_LIBRARY};${CMAKE_DL_LIBS}")
      endif()
    endif()
  endforeach()
endfunction()

macro(tessera_find_kokkos)
  if(NOT TARGET Kokkos::kokkos)
    find_package(Kokkos QUIET)
    if(TARGET Kokkos::kokkos)
      tessera_mend_kokkos()
      message(STATUS "Kokkos: ${Kokkos_DIR}")
    endif()
  endif()
endmacro()

# Last resort, on request: a pinned release, built with the project (Serial, and OpenMP where the compiler has it).
function(tessera_fetch_kokkos)
  include(FetchContent)
  FetchContent_Declare(kokkos GIT_REPOSITORY https://github.com/kokkos/kokkos.git GIT_TAG 4.7.01 GIT_SHALLOW TRUE)
  set(Kokkos_ENABLE_SERIAL ON CACHE BOOL "")
  FetchContent_MakeAvailable(kokkos)
endfunction()
