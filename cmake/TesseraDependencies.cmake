# The libraries that Tessera links, as targets; used by the build and by the installed package.
include(${CMAKE_CURRENT_LIST_DIR}/TesseraHdf5.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/TesseraKokkos.cmake)

# tessera_find_dependencies(<with Kokkos> <kind of HDF5>)
macro(tessera_find_dependencies with_kokkos hdf5_kind)
  find_package(MPI REQUIRED COMPONENTS C CXX)
  find_package(Threads REQUIRED)
  tessera_find_hdf5("${hdf5_kind}")
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
