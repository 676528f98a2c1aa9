#pragma once

/// \file
/// The whole library: `#include <tessera/tessera.hpp>`.

#include <tessera/requirements.hpp>

#include <tessera/array.hpp>
#include <tessera/attribute.hpp>
#include <tessera/box.hpp>
#include <tessera/checkpoint.hpp>
#include <tessera/config.hpp>
#include <tessera/error.hpp>
#include <tessera/field.hpp>
#include <tessera/finish.hpp>
#include <tessera/grid.hpp>
#include <tessera/mesh.hpp>
#include <tessera/options.hpp>
#include <tessera/reader.hpp>
#include <tessera/refinement.hpp>
#include <tessera/report.hpp>
#include <tessera/segments.hpp>
#include <tessera/stored_refinement.hpp>
#include <tessera/table.hpp>
#include <tessera/types.hpp>
#include <tessera/writer.hpp>

#if TESSERA_HAVE_KOKKOS
#include <tessera/kokkos.hpp>
#endif
