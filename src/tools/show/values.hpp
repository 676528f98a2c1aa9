#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <tessera/box.hpp>
#include <tessera/types.hpp>

#include "hdf5/input_file.hpp"
#include "schema/contents.hpp"

namespace tessera::tools {

/// Elements of any type, as they are stored.
class Values {
 public:
  Values(DataType type, std::size_t count) : type_(type), bytes_(count * size_of(type)) {}

  void* data() noexcept { return bytes_.data(); }
  std::size_t size() const noexcept { return bytes_.size() / size_of(type_); }
  double number(std::size_t at) const noexcept;

  /// The shortest text that reads back as the same number, or six digits.
  std::string exact_text(std::size_t at) const;
  std::string short_text(std::size_t at) const;
  /// The exact one; null where it is not finite.
  std::string json_text(std::size_t at) const;

 private:
  DataType type_;
  std::vector<std::byte> bytes_;
};

/// A box of one step, the components of a cell together. \throws Error hdf5; out_of_memory
Values read_values(hdf5::InputFile& file, const schema::StoredField& field, std::int64_t step, const Box& box);

}  // namespace tessera::tools
