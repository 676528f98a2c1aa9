#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <tessera/types.hpp>

/// \file
/// The caller's memory: what a rank hands over as one box of a field.

namespace tessera {

/// Ghost layers around a box, in cells per axis of the grid, below and above. They are left out of the file.
struct Halo {
  Index low;   ///< layers before the first owned cell, per axis; empty: none
  Index high;  ///< layers behind the last owned cell, per axis; empty: none
};

/// Memory that a rank owns and a step reads: address, extents and strides, with the halo inside it.
///
/// The extents are those of the box plus its halo, slowest axis first, then the number of components where the field
/// has more than one. Strides count elements, not bytes, and may be in any order (a Fortran array has ascending ones),
/// negative (data() is the first element, not the lowest address), or 0: then all indices of that axis read the same
/// elements, so that one small buffer stands for a large array. The memory is not copied by Step::put: it has to stay
/// valid and unchanged until the step is committed or dropped.
template <class T>
class ArrayRef {
 public:
  /// C order: the last axis is contiguous.
  ArrayRef(const T* data, const Index& extents) : data_(data), extents_(extents), strides_(extents) {
    std::int64_t stride = 1;
    for (std::size_t axis = extents.size(); axis-- > 0;) {
      strides_[axis] = stride;
      stride *= extents[axis];
    }
  }
  /// Any strides, in elements; as many as there are extents.
  ArrayRef(const T* data, const Index& extents, const Index& strides)
      : data_(data), extents_(extents), strides_(strides) {}

  const T* data() const noexcept { return data_; }              ///< address of the first element, halo included
  const Index& extents() const noexcept { return extents_; }    ///< of box plus halo, then components
  const Index& strides() const noexcept { return strides_; }    ///< in elements
  const Halo& halo() const noexcept { return halo_; }           ///< none unless with_halo() was called

  /// The same memory with other ghost layers.
  ArrayRef with_halo(const Halo& halo) const {
    ArrayRef result = *this;
    result.halo_ = halo;
    return result;
  }

  /// For memory that this process cannot read directly: called at commit, returns a host copy with the same extents and
  /// strides. What it returns is released when the data is written.
  using HostCopy = std::function<std::shared_ptr<const T>()>;
  const HostCopy& host_copy() const noexcept { return host_copy_; }  ///< empty for memory that can be read
  /// The same memory, read through `copy`.
  ArrayRef with_host_copy(HostCopy copy) const {
    ArrayRef result = *this;
    result.host_copy_ = std::move(copy);
    return result;
  }
  /// Something to keep alive as long as the step needs the memory (a reference-counted view, say).
  const std::shared_ptr<const void>& owner() const noexcept { return owner_; }
  /// The same memory, kept alive by `owner`.
  ArrayRef with_owner(std::shared_ptr<const void> owner) const {
    ArrayRef result = *this;
    result.owner_ = std::move(owner);
    return result;
  }
  /// A reason why this array cannot be used, found while it was made; empty when there is none. Step::put notes it.
  const std::string& defect() const noexcept { return defect_; }
  /// An array that has only a defect.
  static ArrayRef defective(std::string reason) {
    ArrayRef result(nullptr, {});
    result.defect_ = std::move(reason);
    return result;
  }

 private:
  const T* data_;
  Index extents_;
  Index strides_;
  Halo halo_;
  HostCopy host_copy_;
  std::shared_ptr<const void> owner_;
  std::string defect_;
};

namespace detail {

/// An array without its static type; made by Step::put.
struct AnyArray {
  const void* data = nullptr;
  DataType type = DataType::float64;
  Index extents;
  Index strides;
  Halo halo;
  std::function<std::shared_ptr<const void>()> host_copy;
  std::shared_ptr<const void> owner;
  std::string defect;
};

}  // namespace detail

/// How a type is seen as an ArrayRef; specialise it for a container of your own with
/// `using value_type = ...; static ArrayRef<value_type> view(const Container&)`. Kokkos views: <tessera/kokkos.hpp>.
template <class Source>
struct ArrayTraits;

/// An ArrayRef is seen as itself.
template <class T>
struct ArrayTraits<ArrayRef<T>> {
  using value_type = T;  ///< element type
  /// The array.
  static const ArrayRef<T>& view(const ArrayRef<T>& array) { return array; }
};

/// A plain pointer with C-order extents, halo included. Example: `array(p, {nz + 2, ny + 2, nx + 2})`.
template <class T>
ArrayRef<T> array(const T* data, const Index& extents) {
  return {data, extents};
}
/// A plain pointer with extents and strides, both in elements.
template <class T>
ArrayRef<T> array(const T* data, const Index& extents, const Index& strides) {
  return {data, extents, strides};
}

/// Says how many ghost layers an array or view has; see Halo.
template <class Source>
auto with_halo(const Source& source, const Halo& halo) {
  return ArrayRef(ArrayTraits<Source>::view(source)).with_halo(halo);
}
/// The same number of ghost layers on both sides of every axis. A trailing component axis has none.
template <class Source>
auto with_halo(const Source& source, std::int64_t width) {
  return with_halo(source, Halo{Index::filled(1, width), Index::filled(1, width)});
}

}  // namespace tessera
