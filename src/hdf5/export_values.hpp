#pragma once

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/function_ref.hpp"
#include "hdf5/survey.hpp"

namespace tessera::hdf5 {

/// \{ Copies a dataset's values into another one, whose first element along the first axis is `begin` of the source.
/// As they are stored: both have the same chunks and filters, and `begin` is where a chunk begins.
void copy_stored_chunks(const Survey& survey, const SurveyedDataset& source, hid_t target, std::uint64_t begin);
/// Read, converted and written by HDF5, a part at a time. \param after_part is told how many bytes each one has
void copy_values(hid_t source, hid_t target, std::uint64_t begin, const std::string& about,
                 FunctionRef<void(std::uint64_t)> after_part);
/// Integers of a series, which become less by `shift`, but not below 0.
void copy_shifted(hid_t source, hid_t target, std::uint64_t begin, std::int64_t shift, const std::string& about);
/// \}

}  // namespace tessera::hdf5
