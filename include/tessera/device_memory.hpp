#pragma once

#include <tessera/requirements.hpp>

#include <functional>
#include <memory>
#include <utility>

#include <tessera/types.hpp>

/// \file
/// How the library reaches device memory without depending on a device's API. For <tessera/kokkos.hpp>.

namespace tessera::detail {

/// Memory that the host cannot reach, with the extents and strides of an ArrayRef.
class DeviceMemory {
 public:
  /// The owned cells of an array: on every axis, components last, `extents` elements from `first` on.
  struct Part {
    Index first;
    Index extents;
  };
  /// Elements on the host; the memory is released with `data`.
  struct HostCopy {
    std::shared_ptr<const void> data;
    DataType type = DataType::float64;
    bool is_whole = false;  ///< the array with its strides, halo included; else the part alone, in C order
  };

  virtual ~DeviceMemory() = default;
  /// A host copy, which waits for what the program has running on the device. `stored` is the type that the file holds:
  /// float32 where it stores less than the array has, which the copy may have too.
  virtual HostCopy to_host(const Part& part, DataType stored) const = 0;
  /// May from_host() be called?
  virtual bool is_writable() const noexcept { return false; }
  /// Fills the part with elements of the array's own type, in C order; what lies around it stays as it is.
  virtual void from_host(const Part& /*part*/, const void* /*elements*/) const {}
};

/// Memory that a function of the caller copies as a whole; see ArrayRef::with_host_copy.
template <class T>
class CopiedByFunction final : public DeviceMemory {
 public:
  explicit CopiedByFunction(std::function<std::shared_ptr<const T>()> copy) : copy_(std::move(copy)) {}
  HostCopy to_host(const Part& /*part*/, DataType /*stored*/) const override {
    return {copy_(), data_type_of<T>(), true};
  }

 private:
  std::function<std::shared_ptr<const T>()> copy_;
};

}  // namespace tessera::detail
