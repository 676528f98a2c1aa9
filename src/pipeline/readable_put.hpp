#pragma once

#include "pipeline/stages.hpp"

namespace tessera::pipeline {

/// The same put with memory that the host can read: what a device holds is copied to the host, for as long as the
/// result lives, and may already be of the type that the field stores. \throws what the copy throws
PutBox readable(const PutBox& put, DataType stored);

}  // namespace tessera::pipeline
