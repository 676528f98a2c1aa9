#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "pipeline/readable_put.hpp"
#include "pipeline/stages.hpp"

namespace tessera::pipeline {

/// This rank's part of a field in memory that the host can read. Host copies live as long as this does.
class FieldSource {
 public:
  /// Makes the host copies. \throws what a copy throws
  explicit FieldSource(const FieldData& data) : data_(&data) {
    puts_.reserve(data.puts.size());
    for (const PutBox& put : data.puts) puts_.push_back(readable(put, data.field->stored));
  }

  const FieldData& data() const noexcept { return *data_; }
  const schema::Field& field() const noexcept { return *data_->field; }
  const PutBox& put(int number) const { return puts_.at(static_cast<std::size_t>(number)); }

 private:
  const FieldData* data_;
  std::vector<PutBox> puts_;
};

/// One round of one field: what is packed, exchanged and encoded together.
struct Unit {
  std::shared_ptr<const FieldSource> source;  ///< null when a host copy failed: then nothing of it is read
  const FieldData* data = nullptr;
  std::size_t field = 0;  ///< its number in the commit
  int round = 0;
};

/// The items of one round, of a list that is sorted by rounds.
template <class Item>
std::span<const Item> of_round(const std::vector<Item>& items, int round) {
  const auto range = std::ranges::equal_range(items, round, {}, &Item::round);
  return {range.begin(), range.end()};
}

inline std::size_t bytes_of(std::int64_t cells, const schema::Field& field) {
  return static_cast<std::size_t>(cells * field.cell_bytes());
}

}  // namespace tessera::pipeline
