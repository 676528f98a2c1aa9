# The libraries that Tessera links, as targets; used by the build and by the installed package.
include(${CMAKE_CURRENT_LIST_DIR}/TesseraKokkos.cmake)

# find_package(HDF5), also in a build folder with spaces in its path: to learn the flags, FindHDF5 has h5pcc compile a
# file in CMAKE_CURRENT_BINARY_DIR, and h5pcc is a shell script that does not quote paths. Goes with CMake 3.25 (Debian
# 12): CMake 3.31 does not need it.
macro(tessera_find_hdf5)
  set(tessera_binary_dir ${CMAKE_CURRENT_BINARY_DIR})
  if(CMAKE_CURRENT_BINARY_DIR MATCHES " ")
    string(RANDOM LENGTH 10 tessera_random)
    set(CMAKE_CURRENT_BINARY_DIR /tmp/tessera-${tessera_random})
  endif()
  set(HDF5_PREFER_PARALLEL TRUE)
  find_package(HDF5 REQUIRED COMPONENTS C HL)
  if(NOT CMAKE_CURRENT_BINARY_DIR STREQUAL tessera_binary_dir)
    file(REMOVE_RECURSE ${CMAKE_CURRENT_BINARY_DIR})
    set(CMAKE_CURRENT_BINARY_DIR ${tessera_binary_dir})
  endif()
endmacro()

macro(tessera_find_dependencies with_kokkos)
  find_package(MPI REQUIRED COMPONENTS C CXX)
  find_package(Threads REQUIRED)
  tessera_find_hdf5()
  if(NOT HDF5_IS_PARALLEL)
    message(FATAL_ERROR "Tessera: the HDF5 found (${HDF5_C_INCLUDE_DIRS}) is built without MPI. Install a parallel "
      "HDF5 (Debian: libhdf5-openmpi-dev; Spack: hdf5+mpi) or name one with -DHDF5_ROOT=<folder>.")
  endif()
  if(NOT TARGET Tessera::hdf5)
    add_library(Tessera::hdf5 INTERFACE IMPORTED)
    target_include_directories(Tessera::hdf5 SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
    target_link_libraries(Tessera::hdf5 INTERFACE ${HDF5_C_HL_LIBRARIES} ${HDF5_C_LIBRARIES} MPI::MPI_C)
    # The HDF5 headers call deprecated MPI C++ bindings in where they exist; nothing here needs them.
    target_compile_definitions(Tessera::hdf5 INTERFACE OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)
  endif()
  if(${with_kokkos})
    tessera_find_kokkos()
    if(NOT TARGET Kokkos::kokkos)
      if(TESSERA_FETCH_KOKKOS)
        tessera_fetch_kokkos()
      else()
        message(FATAL_ERROR "Tessera: no Kokkos found. Install one (Debian: libtrilinos-kokkos-dev), name it with "
          "-DKokkos_ROOT=<folder>, download and build one with -DTESSERA_FETCH_KOKKOS=ON, or build without: "
          "-DTESSERA_KOKKOS=OFF.")
      endif()
    endif()
  endif()
endmacro()
