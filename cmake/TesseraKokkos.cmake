# Finds Kokkos and defines the target Kokkos::kokkos where the installation does not, or does it wrongly.
#
# Debian 12's libtrilinos-kokkos-dev (Kokkos 3.4.1) exports a Kokkos::kokkos whose include directory does not exist (its
# headers lie in the directory trilinos of the system's include directory) and which links nothing. Delete this when
# Debian 12 is no longer supported.
function(tessera_mend_kokkos)
  get_target_property(directories Kokkos::kokkos INTERFACE_INCLUDE_DIRECTORIES)
  foreach(directory IN LISTS directories)
    if(NOT directory MATCHES "^\\$<" AND NOT EXISTS "${directory}/Kokkos_Core.hpp")
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

# Debian unstable's libkokkos-dev (Kokkos 5.2.2): its KokkosConfig.cmake ends every configuration, since it names two
# static libraries that are in no package (all that they have is in headers). Defines Kokkos::kokkos in its place.
# Delete this when "find_package(Kokkos)" works there.
function(tessera_replace_kokkos_config)
  if(Kokkos_ROOT OR Kokkos_DIR OR DEFINED ENV{Kokkos_ROOT})
    return()
  endif()
  foreach(prefix IN LISTS CMAKE_SYSTEM_PREFIX_PATH)
    set(directory ${prefix}/lib/${CMAKE_LIBRARY_ARCHITECTURE})
    if(EXISTS ${directory}/cmake/Kokkos/KokkosTargets-none.cmake AND NOT EXISTS ${directory}/libkokkosalgorithms.a)
      file(STRINGS ${directory}/cmake/Kokkos/KokkosTargets-none.cmake named REGEX libkokkosalgorithms.a)
      find_path(TESSERA_KOKKOS_INCLUDE Kokkos_Core.hpp PATH_SUFFIXES kokkos)
      find_library(TESSERA_KOKKOS_CORE kokkoscore)
      find_library(TESSERA_KOKKOS_CONTAINERS kokkoscontainers)
      mark_as_advanced(TESSERA_KOKKOS_INCLUDE TESSERA_KOKKOS_CORE TESSERA_KOKKOS_CONTAINERS)
      if(named AND TESSERA_KOKKOS_INCLUDE AND TESSERA_KOKKOS_CORE AND TESSERA_KOKKOS_CONTAINERS)
        find_package(OpenMP REQUIRED COMPONENTS CXX)
        add_library(Kokkos::kokkos INTERFACE IMPORTED)
        target_include_directories(Kokkos::kokkos SYSTEM INTERFACE ${TESSERA_KOKKOS_INCLUDE})
        target_link_libraries(Kokkos::kokkos INTERFACE ${TESSERA_KOKKOS_CONTAINERS} ${TESSERA_KOKKOS_CORE}
          OpenMP::OpenMP_CXX
          ${CMAKE_DL_LIBS})
        message(STATUS "Kokkos: ${TESSERA_KOKKOS_CORE}, without ${directory}/cmake/Kokkos, which is broken")
        return()
      endif()
    endif()
  endforeach()
endfunction()

macro(tessera_find_kokkos)
  if(NOT TARGET Kokkos::kokkos)
    tessera_replace_kokkos_config()
  endif()
  if(NOT TARGET Kokkos::kokkos)
    find_package(Kokkos QUIET)
    if(TARGET Kokkos::kokkos)
      tessera_mend_kokkos()
      if(NOT tessera_FIND_QUIETLY)
        message(STATUS "Kokkos: ${Kokkos_DIR}")
      endif()
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
