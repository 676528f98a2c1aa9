#pragma once

#include <tessera/requirements.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <tessera/device_memory.hpp>
#include <tessera/types.hpp>

/// \file
/// The caller's memory as address, extents, strides and halo.

namespace tessera {

/// Ghost layers around a box, in cells per axis of the grid, below and above. They are left out of the file.
struct Halo {
  Index low;   ///< layers before the first owned cell, per axis; empty: none
  Index high;  ///< layers behind the last owned cell, per axis; empty: none
};

/// Memory that a rank owns and a step reads: address, extents and strides, with the halo inside it.
///
/// The extents are those of the box plus its halo, slowest axis first, then the number of components where the field
/// has more than one, of tensors (FieldOptions::tensor_axes) as one extent or as two. Strides count elements, not
/// bytes, and may be in any order (a Fortran array has ascending ones), negative (data() is the first element, not the
/// lowest address), or 0: then all indices of that axis read the same elements, so that one small buffer stands for a
/// large array. The memory is not copied by Step::put, unless copied() says so: it has to stay valid and unchanged
/// until the step is committed or dropped.
template <class T>
class ArrayRef {
  static_assert(!std::is_const_v<T>,
                "an ArrayRef only reads: write ArrayRef<double> instead of ArrayRef<const double>");

 public:
  /// C order: the last axis is contiguous.
  ArrayRef(const T* data, const Index& extents)
      : data_(data), extents_(extents), strides_(detail::row_major_strides(extents)) {}
  /// Any strides, in elements; as many as there are extents.
  ArrayRef(const T* data, const Index& extents, const Index& strides)
      : data_(data), extents_(extents), strides_(strides) {}

  /// Contiguous elements in C order, as many as the box with its halo and components has: memory of which only the
  /// address is known, and possibly the number of elements. extents() is then empty.
  static ArrayRef flat(const T* data, std::optional<std::int64_t> count = {}) {
    ArrayRef result(data, {});
    result.count_ = count;
    return result;
  }

  const T* data() const noexcept { return data_; }            ///< address of the first element, halo included
  const Index& extents() const noexcept { return extents_; }  ///< of box plus halo, then components
  const Index& strides() const noexcept { return strides_; }  ///< in elements
  const Halo& halo() const noexcept { return halo_; }         ///< none unless with_halo() was called
  const std::optional<std::int64_t>& count() const noexcept { return count_; }  ///< elements, of flat memory

  /// The same memory with other ghost layers.
  ArrayRef with_halo(const Halo& halo) const {
    ArrayRef result = *this;
    result.halo_ = halo;
    return result;
  }

  /// For memory that this process cannot read directly: called at commit, returns a host copy with the same extents and
  /// strides. What it returns is released when the data is written.
  using HostCopy = std::function<std::shared_ptr<const T>()>;
  /// The same memory, read through `copy`.
  ArrayRef with_host_copy(HostCopy copy) const {
    return with_device(std::make_shared<detail::CopiedByFunction<T>>(std::move(copy)));
  }
  /// Memory of a device that <tessera/kokkos.hpp> knows; null for memory that can be read.
  const std::shared_ptr<const detail::DeviceMemory>& device() const noexcept { return device_; }
  /// The same memory, reached through `device`.
  ArrayRef with_device(std::shared_ptr<const detail::DeviceMemory> device) const {
    ArrayRef result = *this;
    result.device_ = std::move(device);
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
  /// True when Step::put is to copy the memory; see tessera::copied.
  bool to_be_copied() const noexcept { return to_be_copied_; }
  /// The same memory, copied by Step::put.
  ArrayRef as_copy() const {
    ArrayRef result = *this;
    result.to_be_copied_ = true;
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
  std::optional<std::int64_t> count_;
  std::shared_ptr<const detail::DeviceMemory> device_;
  std::shared_ptr<const void> owner_;
  bool to_be_copied_ = false;
  std::string defect_;
};

/// One array per component, made by components(): together they are an array whose last axis is that of the components.
/// Each has the extents of the box plus its halo; strides and halos may differ.
template <class T>
class ComponentArrays {
 public:
  /// The components in their order.
  explicit ComponentArrays(std::vector<ArrayRef<T>> arrays) : arrays_(std::move(arrays)) {}
  const std::vector<ArrayRef<T>>& arrays() const noexcept { return arrays_; }  ///< one per component
  /// The same memory, each array with these ghost layers.
  ComponentArrays with_halo(const Halo& halo) const {
    ComponentArrays result = *this;
    for (ArrayRef<T>& array : result.arrays_) array = array.with_halo(halo);
    return result;
  }
  /// The same memory, copied by Step::put.
  ComponentArrays as_copy() const {
    ComponentArrays result = *this;
    for (ArrayRef<T>& array : result.arrays_) array = array.as_copy();
    return result;
  }

 private:
  std::vector<ArrayRef<T>> arrays_;
};

namespace detail {

template <class Source>
inline constexpr bool is_component_arrays_v = false;
template <class T>
inline constexpr bool is_component_arrays_v<ComponentArrays<T>> = true;

/// An array without its static type; made by Step::put.
struct AnyArray {
  const void* data = nullptr;
  DataType type = DataType::float64;
  Index extents;  ///< empty: those of box, halo and components, in C order
  Index strides;
  Halo halo;
  std::optional<std::int64_t> count;           ///< elements where there are no extents, if known
  std::shared_ptr<const DeviceMemory> device;  ///< null: the host can read it
  std::shared_ptr<const void> owner;
  bool to_be_copied = false;
  std::string defect;
  std::vector<AnyArray> parts = {};  ///< where each component has an array of its own: these; `data` is null
};

}  // namespace detail

/// How a type is seen as an ArrayRef; specialise it for a container of your own with
/// `using value_type = ...; static ArrayRef<value_type> view(const Container&)`. Pointers, C arrays, std::vector,
/// std::array, std::span and mdspan: <tessera/containers.hpp>. Kokkos views: <tessera/kokkos.hpp>.
template <class Source>
struct ArrayTraits;

/// An ArrayRef is seen as itself.
template <class T>
struct ArrayTraits<ArrayRef<T>> {
  using value_type = T;  ///< element type
  /// The array.
  static const ArrayRef<T>& view(const ArrayRef<T>& array) { return array; }
};

}  // namespace tessera
