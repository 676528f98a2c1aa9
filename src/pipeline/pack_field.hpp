#pragma once

#include "pipeline/stages.hpp"

namespace tessera::pipeline {

/// The pack stage: strips halos, brings the boxes into row-major order of their union, converts the precision. Where
/// the caller's memory is that already, nothing is copied. Local.
PackedField pack_field(const FieldData& data);

}  // namespace tessera::pipeline
