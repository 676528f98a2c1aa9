#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "hdf5/survey.hpp"
#include "schema/contents.hpp"
#include "tools/diff/tally.hpp"

namespace tessera::tools {

/// A field in one of the two files.
struct FieldSide {
  const hdf5::Survey* survey = nullptr;
  const schema::StoredField* field = nullptr;
  const hdf5::SurveyedDataset* dataset = nullptr;
};

/// Compares the values of two fields of the same shape in their first steps. Memory is bounded: two chunks per thread,
/// or two slabs of 16 MiB where chunks differ. Chunks that are stored with the same bytes are not decoded.
/// \param steps nothing: static fields
/// \returns Tally::place counts elements in C order over the steps \throws Error
Tally compare_fields(const FieldSide& a, const FieldSide& b, std::optional<std::int64_t> steps,
                     const Tolerance& tolerance, std::size_t threads, std::uint64_t& same_bytes);

}  // namespace tessera::tools
