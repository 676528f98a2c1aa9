#pragma once

#include <array>
#include <cstddef>

/// \file
/// A look-alike of C++23's std::mdspan, as small as Tessera's needs.

namespace tessera_test {

template <std::size_t Rank>
struct ExtentsLike {
  std::array<int, Rank> values;
  int extent(std::size_t axis) const { return values[axis]; }
};

template <std::size_t Rank, bool Strided = true>
struct MappingLike {
  std::array<std::size_t, Rank> strides;
  static constexpr bool is_always_strided() { return Strided; }
  std::size_t stride(std::size_t axis) const { return strides[axis]; }
};

template <class Element, std::size_t Rank, class Reference = Element&, bool Strided = true>
class MdspanLike {
 public:
  using element_type = Element;
  using reference = Reference;
  using rank_type = std::size_t;
  using mapping_type = MappingLike<Rank, Strided>;

  MdspanLike(Element* data, std::array<int, Rank> extents, std::array<std::size_t, Rank> strides)
      : data_(data), extents_{extents}, mapping_{strides} {}
  static constexpr std::size_t rank() { return Rank; }
  const ExtentsLike<Rank>& extents() const { return extents_; }
  const mapping_type& mapping() const { return mapping_; }
  Element* data_handle() const { return data_; }

 private:
  Element* data_;
  ExtentsLike<Rank> extents_;
  mapping_type mapping_;
};

}  // namespace tessera_test
