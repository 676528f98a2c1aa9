#include "hdf5/log.hpp"

#include <variant>

namespace tessera::hdf5 {

std::size_t Record::bytes() const {
  std::size_t total = (definitions.size() + begin.size() + finish.size()) * 256;
  for (const PlacedChunks& set : chunks) total += sizeof set + set.chunks.size() * sizeof(PlacedChunk);
  return total;
}

void Merged::add(const Record& record) {
  for (const auto& operation : record.begin) {
    const auto& length = std::get<schema::SetLength>(operation);
    lengths[length.path] = length.length;
  }
  for (const auto& operation : record.finish) {
    const auto& write = std::get<schema::WriteValues>(operation);
    auto& writes = values[write.path];
    const bool continues =
        !writes.empty() && writes.back().start + static_cast<std::int64_t>(writes.back().values.size()) == write.start;
    if (continues) {
      writes.back().values.insert(writes.back().values.end(), write.values.begin(), write.values.end());
    } else {
      writes.push_back(write);
    }
  }
}

}  // namespace tessera::hdf5
