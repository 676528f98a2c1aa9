#include "costs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>

#include "../../support/shuffle_reference.hpp"
#include "../median.hpp"
#include "codec/block_compressor.hpp"
#include "codec/effort.hpp"
#include "thread_seconds.hpp"

namespace tessera::bench {

namespace {

using Bytes = std::vector<std::byte>;

/// The sizes that effort.cpp knows costs at.
constexpr std::array<double, 8> sizes{0.001, 0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0};

struct NamedMethod {
  const char* name;
  codec::Method method;
};
constexpr NamedMethod methods[] = {{"ISA-L 2", codec::isal_method(2)},
                                   {"ISA-L 2, runs only", codec::isal_method(2, 1)},
                                   {"ISA-L 3", codec::isal_method(3)},
                                   {"libdeflate 2", codec::libdeflate_method(2)},
                                   {"libdeflate 4", codec::libdeflate_method(4)},
                                   {"libdeflate 6", codec::libdeflate_method(6)},
                                   {"zlib 1, runs only", codec::zlib_method(1, 1)},
                                   {"zlib 1", codec::zlib_method(1)},
                                   {"zlib 4", codec::zlib_method(4)}};

std::vector<Bytes> planes_of(const std::vector<DataSet>& sets) {
  constexpr std::size_t chunks_of_a_set = 2;
  std::vector<Bytes> planes;
  for (const DataSet& set : sets) {
    for (std::size_t i = 0; i < std::min(set.chunks.size(), chunks_of_a_set); ++i) {
      Bytes all(set.chunks[i].size());
      codec::shuffle_reference(set.chunks[i], set.element_bytes, all);
      const std::size_t length = all.size() / set.element_bytes;
      for (std::size_t at = 0; at < all.size(); at += length) {
        planes.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(at),
                            all.begin() + static_cast<std::ptrdiff_t>(at + length));
      }
    }
  }
  return planes;
}

std::size_t nearest_size(double size) {
  const auto is_nearer = [size](double a, double b) {
    return std::abs(std::log(size / a)) < std::abs(std::log(size / b));
  };
  return static_cast<std::size_t>(std::ranges::min_element(sizes, is_nearer) - sizes.begin());
}

/// ns for a byte at each of the sizes; NaN where no plane gets that size.
std::array<double, sizes.size()> measure_costs(codec::BlockCompressor& compressor, codec::Method method,
                                               const std::vector<Bytes>& planes, int passes) {
  std::array<std::vector<double>, sizes.size()> found;
  Bytes out;
  for (const Bytes& plane : planes) {
    out.resize(plane.size() + plane.size() / 8 + 1024);
    std::size_t stored = 0;
    std::vector<double> seconds;
    for (int pass = 0; pass < passes; ++pass) {
      const double begin = thread_seconds();
      stored = compressor.compress(plane, method, false, out);
      seconds.push_back(thread_seconds() - begin);
    }
    if (stored == 0) continue;
    const double bytes = static_cast<double>(plane.size());
    found[nearest_size(static_cast<double>(stored) / bytes)].push_back(::bench::median(seconds) * 1e9 / bytes);
  }
  std::array<double, sizes.size()> result;
  std::ranges::transform(found, result.begin(), ::bench::median);
  return result;
}

void print_row(const char* name, const char* what, std::span<const double> values) {
  std::printf("%-20s %-10s", name, what);
  for (const double value : values) {
    if (std::isnan(value)) std::printf("       -");
    else std::printf(" %7.2f", value);
  }
  std::printf("\n");
}

}  // namespace

void print_costs(const std::vector<DataSet>& sets, int passes, const codec::Libraries& libraries) {
  const std::vector<Bytes> planes = planes_of(sets);
  std::printf("ns for a byte of a plane that gets this part of its size; %zu planes\n", planes.size());
  print_row("", "", sizes);
  for (const auto& [name, method] : methods) {
    std::unique_ptr<codec::BlockCompressor> compressor;
    if (method.library == codec::Library::zlib) compressor = codec::make_zlib_compressor();
    if (method.library == codec::Library::isal && libraries.isal) compressor = codec::make_isal_compressor();
    if (method.library == codec::Library::libdeflate && libraries.libdeflate) {
      compressor = codec::make_libdeflate_compressor();
    }
    if (!compressor) continue;
    print_row(name, "measured", measure_costs(*compressor, method, planes, passes));
    std::array<double, sizes.size()> stated;
    std::ranges::transform(sizes, stated.begin(), [&](double size) { return codec::cost_of(method, size); });
    print_row("", "effort.cpp", stated);
  }
}

}  // namespace tessera::bench
