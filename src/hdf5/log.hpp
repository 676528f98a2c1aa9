#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hdf5/growing_places.hpp"
#include "hdf5/placed_chunks.hpp"
#include "schema/operation.hpp"

namespace tessera::hdf5 {

/// How much memory an attribute's value takes.
std::size_t content_bytes(const schema::SetAttribute& operation);

/// What one commit changes in the metadata, as values.
struct Record {
  schema::Operations definitions;
  std::vector<schema::SetLength> begin;
  std::vector<PlacedChunks> chunks;
  std::vector<schema::WriteValues> finish;
  std::vector<GrowingChunk> growing = {};  ///< until they have their places

  std::size_t bytes() const;  ///< about how much memory it takes
};

/// Several records as one: lengths only once, consecutive values of a series together. That keeps a tree that catches
/// up with many commits as cheap as one that applies each.
struct Merged {
  std::map<std::string, std::int64_t> lengths;
  std::map<std::string, std::vector<schema::WriteValues>> values;

  void add(const Record& record);
};

}  // namespace tessera::hdf5
