#include "hdf5/log.hpp"

#include <variant>

namespace tessera::hdf5 {

namespace {

/// What an operation takes besides its fixed part: large attributes and coordinates.
struct ContentBytes {
  std::size_t operator()(const std::string& text) const { return text.size(); }
  std::size_t operator()(const std::vector<std::string>& texts) const {
    std::size_t total = texts.size() * sizeof(std::string);
    for (const std::string& text : texts) total += text.size();
    return total;
  }
  template <class T>
  std::size_t operator()(const std::vector<T>& values) const {
    return values.size() * sizeof(T);
  }
  std::size_t operator()(const schema::SetAttribute& operation) const {
    return std::visit(*this, operation.value.storage());
  }
  std::size_t operator()(const schema::AttachScales& operation) const { return (*this)(operation.scales); }
  std::size_t operator()(const schema::WriteValues& operation) const { return (*this)(operation.values); }
  std::size_t operator()(const schema::WriteTexts& operation) const { return (*this)(operation.texts); }
  template <class T>
  std::size_t operator()(const T&) const {
    return 0;
  }
};

constexpr std::size_t fixed_bytes = 256;  // of an operation, with its path

std::size_t bytes_of(const schema::Operations& operations) {
  std::size_t total = operations.size() * fixed_bytes;
  for (const auto& operation : operations) total += std::visit(ContentBytes{}, operation);
  return total;
}

}  // namespace

std::size_t content_bytes(const schema::SetAttribute& operation) { return ContentBytes{}(operation); }

std::size_t Record::bytes() const {
  std::size_t total = bytes_of(definitions) + (begin.size() + finish.size()) * fixed_bytes;
  for (const schema::WriteValues& write : finish) total += ContentBytes{}(write);
  for (const PlacedChunks& set : chunks) total += sizeof set + set.chunks.size() * sizeof(PlacedChunk);
  return total;
}

void Merged::add(const Record& record) {
  for (const schema::SetLength& length : record.begin) lengths[length.path] = length.length;
  for (const schema::WriteValues& write : record.finish) {
    auto& writes = values[write.path];
    const bool continues = !writes.empty() && writes.back().start + writes.back().places() == write.start;
    if (continues) {
      writes.back().values.insert(writes.back().values.end(), write.values.begin(), write.values.end());
    } else {
      writes.push_back(write);
    }
  }
}

}  // namespace tessera::hdf5
