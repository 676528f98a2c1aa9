#pragma once

#include <cstddef>

#include "writer/state.hpp"

/// \file
/// The memory of puts: copies that were asked for, and memory that serves two puts of a step.

namespace tessera::detail {

/// Copies what is to be copied (tessera::copied), and arrays of a few bytes in any case: a constant that stands for a
/// large array may be a variable that changes. Else remembers what can show later that the memory was changed.
/// \param copied_before bytes of the step's copies; grows
/// \param budget Options::memory_budget
/// \throws Error out_of_memory beyond the budget
void take_memory(const std::string& field, pipeline::PutBox& put, std::size_t& copied_before, std::size_t budget);

/// Two puts of a step that read the same memory: of different fields, or of one field where the memory was changed
/// between them, so that one of them would write the values of the other.
/// \throws Error invalid_argument that names both, and the remedy
void check_memory(const StepEntry& step);

}  // namespace tessera::detail
