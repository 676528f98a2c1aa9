# Finds HDF5, parallel or serial, and defines the target Tessera::hdf5.
#
# tessera_find_hdf5(<kind>): PARALLEL or SERIAL demand that kind; AUTO takes a parallel HDF5 where there is one, else a
# serial one. Sets TESSERA_HAVE_PARALLEL_HDF5 to ON or OFF; the installed package asks for the kind that the library was
# built with.
#
# Debian keeps both kinds side by side, headers in the directories hdf5/openmpi and hdf5/serial of the system's include
# directory: FindHDF5 asks the compiler wrapper of the kind, h5pcc or h5cc, where they are. From HDF5 2.0 on each kind
# has CMake files too, which FindHDF5 takes in whatever order the directories are in: tessera_choose_hdf5_directory says
# which.

# find_package(HDF5), also in a build directory with spaces in its path: to learn the flags, FindHDF5 has the wrapper
# compile a file in CMAKE_CURRENT_BINARY_DIR, and the wrapper is a shell script that does not quote paths. Goes with
# CMake 3.25 (Debian 12): CMake 3.31 does not need it.
macro(tessera_find_hdf5_package)
  set(tessera_binary_dir ${CMAKE_CURRENT_BINARY_DIR})
  if(CMAKE_CURRENT_BINARY_DIR MATCHES " ")
    string(RANDOM LENGTH 10 tessera_random)
    set(CMAKE_CURRENT_BINARY_DIR /tmp/tessera-${tessera_random})
  endif()
  find_package(HDF5 REQUIRED COMPONENTS C HL)
  if(NOT CMAKE_CURRENT_BINARY_DIR STREQUAL tessera_binary_dir)
    file(REMOVE_RECURSE ${CMAKE_CURRENT_BINARY_DIR})
    set(CMAKE_CURRENT_BINARY_DIR ${tessera_binary_dir})
  endif()
endmacro()

function(tessera_choose_hdf5_directory kind)
  if(HDF5_DIR OR HDF5_ROOT OR DEFINED ENV{HDF5_ROOT})
    return()
  endif()
  set(names hdf5_openmpi hdf5_mpich)
  if(kind STREQUAL "SERIAL")
    set(names hdf5_serial)
  elseif(MPI_C_LIBRARIES MATCHES "mpich")
    set(names hdf5_mpich)
  endif()
  foreach(prefix IN LISTS CMAKE_SYSTEM_PREFIX_PATH)
    foreach(name IN LISTS names)
      set(directory ${prefix}/lib/${CMAKE_LIBRARY_ARCHITECTURE}/cmake/${name})
      if(EXISTS ${directory}/hdf5-config.cmake)
        set(HDF5_DIR ${directory} CACHE PATH "The directory of hdf5-config.cmake")
        return()
      endif()
    endforeach()
  endforeach()
endfunction()

function(tessera_check_hdf5_kind kind)
  set(again "In a build directory that found another HDF5 before, begin with an empty cache.")
  if(kind STREQUAL "PARALLEL" AND NOT HDF5_IS_PARALLEL)
    message(FATAL_ERROR "Tessera: the HDF5 found (${HDF5_C_INCLUDE_DIRS}) is built without MPI. Install a parallel "
      "HDF5 (Debian: libhdf5-openmpi-dev; Spack: hdf5+mpi), name one with -DHDF5_ROOT=<directory>, or build with the "
      "serial one, "
      "without the collective engine: -DTESSERA_HDF5=SERIAL. ${again}")
  elseif(kind STREQUAL "SERIAL" AND HDF5_IS_PARALLEL)
    message(FATAL_ERROR
      "Tessera: the HDF5 found (${HDF5_C_INCLUDE_DIRS}) is a parallel one, and a serial one is demanded. "
      "Install one (Debian: libhdf5-dev; Spack: hdf5~mpi), name one with -DHDF5_ROOT=<directory>, or use the "
      "parallel one: "
      "-DTESSERA_HDF5=PARALLEL. ${again}")
  elseif(NOT HDF5_IS_PARALLEL)
    message(STATUS "Tessera: HDF5 is a serial one; left out: the collective engine, which takes a parallel one "
      "(Debian: libhdf5-openmpi-dev)")
  endif()
endfunction()

macro(tessera_find_hdf5 kind)
  if(NOT "${kind}" MATCHES "^(AUTO|PARALLEL|SERIAL)$")
    message(FATAL_ERROR "Tessera: TESSERA_HDF5 is \"${kind}\"; it can be AUTO, PARALLEL or SERIAL.")
  endif()
  set(HDF5_PREFER_PARALLEL TRUE)
  if("${kind}" STREQUAL "SERIAL")
    set(HDF5_PREFER_PARALLEL FALSE)
  endif()
  tessera_choose_hdf5_directory("${kind}")
  tessera_find_hdf5_package()
  tessera_check_hdf5_kind("${kind}")
  set(TESSERA_HAVE_PARALLEL_HDF5 OFF)
  if(HDF5_IS_PARALLEL)
    set(TESSERA_HAVE_PARALLEL_HDF5 ON)
  endif()
  if(NOT TARGET Tessera::hdf5)
    add_library(Tessera::hdf5 INTERFACE IMPORTED)
    target_include_directories(Tessera::hdf5 SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
    target_link_libraries(Tessera::hdf5 INTERFACE ${HDF5_C_HL_LIBRARIES} ${HDF5_C_LIBRARIES})
    if(HDF5_IS_PARALLEL)
      target_link_libraries(Tessera::hdf5 INTERFACE MPI::MPI_C)
    endif()
    # The HDF5 headers call deprecated MPI C++ bindings in where they exist; nothing here needs them.
    target_compile_definitions(Tessera::hdf5 INTERFACE OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)
  endif()
endmacro()
