# The libraries that Tessera links, as targets, and Kokkos for tests and examples. For the build; what an installed
# Tessera needs is in tesseraConfig.cmake.in.
include(${CMAKE_CURRENT_LIST_DIR}/TesseraHdf5.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/TesseraKokkos.cmake)

# tessera_find_dependencies(<Kokkos: AUTO, ON, OFF> <kind of HDF5>): sets TESSERA_HAVE_KOKKOS to ON or OFF.
macro(tessera_find_dependencies kokkos hdf5_kind)
  find_package(MPI REQUIRED COMPONENTS C CXX)
  find_package(Threads REQUIRED)
  tessera_find_hdf5("${hdf5_kind}")
  set(TESSERA_HAVE_KOKKOS OFF)
  if(NOT "${kokkos}" STREQUAL "OFF")
    tessera_find_kokkos()
    if(NOT TARGET Kokkos::kokkos AND TESSERA_FETCH_KOKKOS)
      tessera_fetch_kokkos()
    endif()
    if(TARGET Kokkos::kokkos)
      set(TESSERA_HAVE_KOKKOS ON)
    elseif("${kokkos}" STREQUAL "ON")
      message(FATAL_ERROR
        "Tessera: Kokkos is demanded and not found. Install it (Debian: libtrilinos-kokkos-dev), name it with "
        "-DKokkos_ROOT=<directory>, download and build it with -DTESSERA_FETCH_KOKKOS=ON, or build without: "
        "-DTESSERA_KOKKOS=OFF.")
    else()
      message(STATUS "Tessera: no Kokkos (Debian: libtrilinos-kokkos-dev); left out: tests and examples with views")
    endif()
  endif()
endmacro()
