#pragma once

#include <tessera/requirements.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <tessera/device_memory.hpp>
#include <tessera/error.hpp>
#include <tessera/kokkos_pack.hpp>

/// \file
/// Views that the host cannot access: packed by a kernel of their own execution space, and back. For
/// <tessera/kokkos.hpp>.

namespace tessera::detail {

// Pinned host memory, where this Kokkos has a memory space for it.
#if KOKKOS_VERSION >= 40000 && defined(KOKKOS_HAS_SHARED_HOST_PINNED_SPACE)
using PinnedSpace = Kokkos::SharedHostPinnedSpace;
#else
using PinnedSpace = Kokkos::HostSpace;
#endif

/// \throws Error out_of_memory
template <class Bytes>
Bytes allocated(const char* label, std::size_t bytes) {
  try {
    return Bytes(Kokkos::view_alloc(Kokkos::WithoutInitializing, std::string(label)), bytes);
  } catch (const std::exception&) {
    throw Error(ErrorCode::out_of_memory, "out of memory: views on a device need " + std::to_string(bytes) +
                                              " bytes in Kokkos' " + Bytes::memory_space::name() +
                                              " to come to the host; free some before the commit");
  }
}

/// Buffers for host copies. The two that were used last are kept, since pinned memory takes long to get.
class HostBuffers {
 public:
  static HostBuffers& get() {
    static HostBuffers buffers;
    return buffers;
  }
  std::shared_ptr<void> take(std::size_t bytes) {
    const auto lease = std::make_shared<Lease>();
    const std::lock_guard<std::mutex> lock(mutex_);
    begin_use();
    const auto found = std::find_if(free_.begin(), free_.end(), [&](const Bytes& b) { return b.size() >= bytes; });
    if (found != free_.end()) {
      lease->buffer = *found;
      free_.erase(found);
    } else {
      if (!free_.empty()) free_.erase(free_.begin());  // too small
      lease->buffer = allocated<Bytes>("Tessera::host_copy", bytes);
    }
    return {lease, lease->buffer.data()};
  }

 private:
  using Bytes = Kokkos::View<unsigned char*, PinnedSpace>;
  struct Lease {
    Bytes buffer;
    Lease() = default;
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { get().give_back(std::move(buffer)); }
  };
  static constexpr std::size_t kept = 2;

  void begin_use() {
    if (in_use_) return;
    free_.reserve(kept + 1);
    Kokkos::push_finalize_hook([] {
      get().free_.clear();
      get().in_use_ = false;
    });
    in_use_ = true;
  }
  void give_back(Bytes buffer) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!in_use_ || buffer.size() == 0) return;
    free_.push_back(std::move(buffer));
    if (free_.size() > kept) free_.erase(free_.begin());
  }

  std::mutex mutex_;
  std::vector<Bytes> free_;  ///< the last one was used last
  bool in_use_ = false;      ///< since Kokkos was initialised
};

/// Copies between the host and a memory space, slab by slab through a buffer on the device, on an instance of the
/// execution space that has a queue of its own where there are several.
template <class Device>
class DevicePath {
 public:
  using Execution = typename Device::execution_space;
  using Memory = typename Device::memory_space;

  static DevicePath& get() {
    static DevicePath path;
    return path;
  }

  /// To contiguous memory of PinnedSpace.
  template <class From, class To>
  void to_host(const From* array, const PartLayout& layout, To* host) {
    const std::lock_guard<std::mutex> lock(mutex_);
    begin_use();
    const From* part = array + layout.first;
    if constexpr (std::is_same_v<From, To>) {
      if (layout.is_contiguous()) {
        copy(on_host<PinnedSpace>(host, layout.count), on_device(part, layout.count));
        execution_->fence();
        return;
      }
    }
    To* packed = reinterpret_cast<To*>(slab_.data());
    in_slabs<To>(layout.count, [&](std::int64_t begin, std::int64_t count) {
      run("Tessera::pack", count, PackElements<From, To>{part, packed, layout, begin});
      copy(on_host<PinnedSpace>(host + begin, count), on_device<const To>(packed, count));
    });
  }

  /// From contiguous memory of the host.
  template <class T>
  void from_host(const T* host, const PartLayout& layout, T* array) {
    const std::lock_guard<std::mutex> lock(mutex_);
    begin_use();
    T* part = array + layout.first;
    if (layout.is_contiguous()) {
      copy(on_device(part, layout.count), on_host<Kokkos::HostSpace>(host, layout.count));
      execution_->fence();
      return;
    }
    T* packed = reinterpret_cast<T*>(slab_.data());
    in_slabs<T>(layout.count, [&](std::int64_t begin, std::int64_t count) {
      copy(on_device(packed, count), on_host<Kokkos::HostSpace>(host + begin, count));
      run("Tessera::spread", count, SpreadElements<T>{part, packed, layout, begin});
    });
  }

 private:
  using Unmanaged = Kokkos::MemoryTraits<Kokkos::Unmanaged>;
  static constexpr std::size_t slab_bytes = std::size_t{32} << 20;

  /// The program's kernels may still be writing what is read here.
  void begin_use() {
    Kokkos::fence();
    if (execution_) return;
    slab_ = allocated<Kokkos::View<unsigned char*, Device>>("Tessera::slab", slab_bytes);
    Kokkos::push_finalize_hook([] {
      get().slab_ = {};
      get().execution_.reset();
    });
    execution_.emplace(own_instance());
  }
  static Execution own_instance() {
#if KOKKOS_VERSION >= 40000
    if constexpr (!Kokkos::SpaceAccessibility<Kokkos::HostSpace, Memory>::accessible) {
      return Kokkos::Experimental::partition_space(Execution(), 1)[0];
    }
#endif
    return Execution();
  }

  template <class T>
  static auto on_device(T* data, std::int64_t count) {
    return Kokkos::View<T*, Device, Unmanaged>(data, static_cast<std::size_t>(count));
  }
  template <class Space, class T>
  static auto on_host(T* data, std::int64_t count) {
    return Kokkos::View<T*, Space, Unmanaged>(data, static_cast<std::size_t>(count));
  }
  template <class Target, class Source>
  void copy(const Target& target, const Source& source) {
    Kokkos::deep_copy(*execution_, target, source);
  }
  template <class Kernel>
  void run(const char* name, std::int64_t count, const Kernel& kernel) {
    using Policy = Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>;
    Kokkos::parallel_for(name, Policy(*execution_, 0, count), kernel);
  }
  /// One slab after the other, in the instance's order.
  template <class T, class Step>
  void in_slabs(std::int64_t count, Step&& step) {
    constexpr auto most = static_cast<std::int64_t>(slab_bytes / sizeof(T));
    for (std::int64_t begin = 0; begin < count; begin += most) step(begin, std::min(most, count - begin));
    execution_->fence();
  }

  std::mutex mutex_;
  std::optional<Execution> execution_;
  Kokkos::View<unsigned char*, Device> slab_;
};

/// A view's memory, with the view that keeps it.
template <class T, class Device>
class ViewMemory final : public DeviceMemory {
 public:
  using Element = std::remove_const_t<T>;
  ViewMemory(T* data, const Index& strides, std::shared_ptr<const void> view)
      : data_(data), strides_(strides), view_(std::move(view)) {}

  HostCopy to_host(const Part& part, DataType stored) const override {
    const PartLayout layout(part, strides_);
    if constexpr (std::is_same_v<Element, double>) {
      if (stored == DataType::float32) return packed<float>(layout);
    }
    return packed<Element>(layout);
  }
  bool is_writable() const noexcept override { return !std::is_const_v<T>; }
  void from_host(const Part& part, const void* elements) const override {
    if constexpr (!std::is_const_v<T>) {
      DevicePath<Device>::get().from_host(static_cast<const T*>(elements), PartLayout(part, strides_), data_);
    }
  }

 private:
  template <class To>
  HostCopy packed(const PartLayout& layout) const {
    const auto buffer = HostBuffers::get().take(static_cast<std::size_t>(layout.count) * sizeof(To));
    DevicePath<Device>::get().to_host(static_cast<const Element*>(data_), layout, static_cast<To*>(buffer.get()));
    return {buffer, data_type_of<To>(), false};
  }

  T* data_;
  Index strides_;
  std::shared_ptr<const void> view_;
};

}  // namespace tessera::detail
