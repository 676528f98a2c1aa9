#include "pack/summary.hpp"

#include "base/visit_element.hpp"
#include "pack/summary_kernel.hpp"

// The program is built for any processor of its kind; those that have wider vectors are asked at run time.
#if defined(TESSERA_SUMMARY_VECTORS) && defined(__x86_64__)
#define TESSERA_SUMMARY_AVX2
#pragma GCC diagnostic ignored "-Wpsabi"  // these vectors are no parameters of anything that is not inlined
#endif

namespace tessera::pack {

namespace {

/// Values of a block, about: what a first-level cache holds, to look at twice where some do not count, and few enough
/// for the sums of small integers.
constexpr std::size_t block_values = 4096;

#ifdef TESSERA_SUMMARY_AVX2
template <class T>
__attribute__((target("avx2"))) void add_block_avx2(const T* values, std::size_t count, const T* fill, Summary* result,
                                                    std::size_t components) noexcept {
  add_block<T, 32>(values, count, fill, result, components);
}

bool has_avx2() noexcept {
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
}
#endif

template <class T>
void add_one_block(const T* values, std::size_t count, const T* fill, Summary* result,
                   std::size_t components) noexcept {
#ifdef TESSERA_SUMMARY_AVX2
  if (has_avx2()) return add_block_avx2(values, count, fill, result, components);
#endif
#ifdef TESSERA_SUMMARY_VECTORS
  add_block<T, 16>(values, count, fill, result, components);
#else
  add_plainly(values, count, fill, result, components);
#endif
}

template <class T, class Add>
void in_blocks(std::span<const std::byte> bytes, const std::byte* fill_bytes, std::span<Summary> result,
               const Add& add) noexcept {
  const auto* values = reinterpret_cast<const T*>(bytes.data());
  const std::size_t count = bytes.size() / sizeof(T);
  T fill{};
  if (fill_bytes != nullptr) std::memcpy(&fill, fill_bytes, sizeof fill);
  const std::size_t block = (block_values + result.size() - 1) / result.size() * result.size();
  for (std::size_t at = 0; at < count; at += block) {
    add(values + at, std::min(block, count - at), fill_bytes != nullptr ? &fill : nullptr, result.data(),
        result.size());
  }
}

}  // namespace

void merge(Summary& into, const Summary& from) noexcept {
  into.non_finite += from.non_finite;
  if (from.count == 0) return;
  into.minimum = into.count == 0 ? from.minimum : std::min(into.minimum, from.minimum);
  into.maximum = into.count == 0 ? from.maximum : std::max(into.maximum, from.maximum);
  into.sum += from.sum;
  into.count += from.count;
}

void summarise(DataType type, std::span<const std::byte> values, const std::byte* fill,
               std::span<Summary> result) noexcept {
  visit_element(type, [&]<class T>(std::type_identity<T>) { in_blocks<T>(values, fill, result, add_one_block<T>); });
}

void summarise_plainly(DataType type, std::span<const std::byte> values, const std::byte* fill,
                       std::span<Summary> result) noexcept {
  visit_element(type, [&]<class T>(std::type_identity<T>) { in_blocks<T>(values, fill, result, add_plainly<T>); });
}

}  // namespace tessera::pack
