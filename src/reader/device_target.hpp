#pragma once

#include <cstddef>
#include <memory>

#include <tessera/array_ref.hpp>
#include <tessera/box.hpp>

namespace tessera::detail {

/// Memory of a device that is read into: through memory of the host, as large as the box.
class DeviceTarget {
 public:
  /// \param target resolved, writable
  DeviceTarget(const Box& box, AnyArray target);
  /// What is read into instead: the box in C order.
  AnyArray on_host() const;
  /// Hands what was read to the device. \throws what the copy throws
  void hand_over() const { target_.device->from_host(part_, memory_.get()); }

 private:
  AnyArray target_;
  DeviceMemory::Part part_;
  std::unique_ptr<std::byte[]> memory_;
};

}  // namespace tessera::detail
