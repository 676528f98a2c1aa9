/// A program without Kokkos' headers and without linking Kokkos, of a Tessera that is tested with Kokkos views.

#include "raw_pointer.cpp"

static_assert(TESSERA_HAVE_KOKKOS == 0, "Kokkos' headers were found, though the program does not ask for them");
