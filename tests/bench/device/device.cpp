/// \file
/// How fast views of the default execution space, a device where Kokkos has one, come to the host and into a file;
/// against a copy of as many contiguous bytes by hand, and against the same views mirrored as a whole. All variants of
/// a row run one after the other, again and again. Prints ratios; asserts nothing.
///
///     mpi_launch.sh RANKS device [EDGE] [REPETITIONS] [DIRECTORY]

#include <mpi.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "../median.hpp"

namespace {

using Space = Kokkos::DefaultExecutionSpace;
using Left = Kokkos::View<double***, Kokkos::LayoutLeft, Space>;
using Right = Kokkos::View<double***, Kokkos::LayoutRight, Space>;
using Host = Kokkos::View<double***, Kokkos::LayoutLeft, Kokkos::HostSpace>;
using Pinned = Kokkos::View<double*, tessera::detail::PinnedSpace>;
using tessera::Box;
using tessera::DataType;
using tessera::Index;

struct Variant {
  const char* name;
  std::function<void()> run;
  std::vector<double> seconds = {};
};

/// The slowest rank's seconds.
double timed(const std::function<void()>& run) {
  MPI_Barrier(MPI_COMM_WORLD);
  const double begin = MPI_Wtime();
  run();
  double seconds = MPI_Wtime() - begin;
  MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return seconds;
}

/// The time of each variant over that of the first; from medians, and from the fastest of each.
void compare(const std::string& title, std::vector<Variant> variants, int repetitions, int rank) {
  for (Variant& variant : variants) variant.run();  // first touch, first kernels
  for (int n = 0; n < repetitions; ++n) {
    for (Variant& variant : variants) variant.seconds.push_back(timed(variant.run));
  }
  if (rank != 0) return;
  std::printf("%s\n%-44s %12s %9s %9s\n", title.c_str(), "", "ms (median)", "ratio", "fastest");
  const std::vector<double>& first = variants.front().seconds;
  for (const Variant& variant : variants) {
    std::printf("  %-42s %12.3f %9.2f %9.2f\n", variant.name, 1e3 * bench::median(variant.seconds),
                bench::median(variant.seconds) / bench::median(first),
                std::ranges::min(variant.seconds) / std::ranges::min(first));
  }
  std::fflush(stdout);
}

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

template <class View>
View filled(std::int64_t extent, int rank) {
  const View view("field", size(extent), size(extent), size(extent));
  const auto host = Kokkos::create_mirror_view(view);
  std::uint64_t state = 0x9E3779B97F4A7C15u * static_cast<std::uint64_t>(rank + 1);
  for (std::size_t n = 0; n < host.span(); ++n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    host.data()[n] = 1.0 + static_cast<double>(state >> 40) * 0x1p-24;  // the upper half of the mantissa is noise
  }
  Kokkos::deep_copy(view, host);
  return view;
}

/// What code without a kernel does: everything to the host, in the view's layout.
template <class View>
std::shared_ptr<const double> mirrored(const View& view) {
  auto mirror = Kokkos::create_mirror(view);
  Kokkos::deep_copy(mirror, view);
  auto owner = std::make_shared<decltype(mirror)>(mirror);
  return {owner, owner->data()};
}

class Bench {
 public:
  Bench(std::int64_t edge, int repetitions, std::string directory)
      : edge_(edge), repetitions_(repetitions), directory_(std::move(directory)) {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks_);
    left_ = filled<Left>(edge + 2, rank_);
    right_ = filled<Right>(edge + 2, rank_);
    host_ = Host("host", left_.extent(0), left_.extent(1), left_.extent(2));
    Kokkos::deep_copy(host_, left_);
    box_ = Box::at({rank_ * edge, 0, 0}, {edge, edge, edge});
  }

  void copies() {
    const std::size_t count = size(edge_ * edge_ * edge_);
    const Kokkos::View<double*, Space> packed("packed", count);
    const Pinned pinned("pinned", count);
    const auto to_host = [this](const auto& view, Index first, DataType type) {
      const auto device =
          tessera::detail::on_device(view,
                                     tessera::array(view.data(), {edge_ + 2, edge_ + 2, edge_ + 2}, strides(view)))
              .device();
      const tessera::detail::DeviceMemory::Part part{first, {edge_, edge_, edge_}};
      return [device, part, type] { device->to_host(part, type); };
    };
    compare("Copies of " + mebibytes() + " per rank to the host",
            {{"contiguous, by hand, to pinned memory", [=] { Kokkos::deep_copy(pinned, packed); }},
             {"LayoutRight with halo", to_host(right_, {1, 1, 1}, DataType::float64)},
             {"LayoutLeft with halo", to_host(left_, {1, 1, 1}, DataType::float64)},
             {"LayoutLeft with halo, as float", to_host(left_, {1, 1, 1}, DataType::float32)},
             {"mirror with halo, in the view's layout", [this] { mirrored(left_); }}},
            repetitions_, rank_);
  }

  void commits(const char* title, tessera::Codec codec) {
    const std::string path = directory_ + "/tessera_bench_device.h5";
    tessera::Writer out(MPI_COMM_WORLD, path, {.overwrite = true, .codec = codec, .reader_grace_ms = 0});
    auto run = out.run("run");
    const auto field = run.field<double>("field", tessera::Grid{{ranks_ * edge_, edge_, edge_}}, {.fill = 0.0});
    const auto single = run.field<double>("single", tessera::Grid{{ranks_ * edge_, edge_, edge_}},
                                          {.fill = 0.0, .precision = tessera::Precision::single});
    int steps = 0;
    const auto commit = [&](const tessera::Field<double>& to, const auto& source) {
      auto step = run.step(steps++);
      step.put(to, box_, tessera::with_halo(source, 1));
      step.commit();
    };
    const auto by_function =
        tessera::array(host_.data(), {edge_ + 2, edge_ + 2, edge_ + 2}, strides(left_)).with_host_copy([this] {
          return mirrored(left_);
        });
    const auto right = tessera::detail::on_device(right_, tessera::ArrayTraits<Right>::view(right_));
    const auto left = tessera::detail::on_device(left_, tessera::ArrayTraits<Left>::view(left_));
    compare(std::string("Commits of the same, ") + title,
            {{"from host memory", [&] { commit(field, host_); }},
             {"LayoutRight on the device", [&] { commit(field, right); }},
             {"LayoutLeft on the device", [&] { commit(field, left); }},
             {"mirror", [&] { commit(field, by_function); }},
             {"from host memory, as float", [&] { commit(single, host_); }},
             {"LayoutLeft on the device, as float", [&] { commit(single, left); }}},
            repetitions_, rank_);
    out.close();
    if (rank_ == 0) std::remove(path.c_str());
  }

 private:
  template <class View>
  static Index strides(const View& view) {
    return {view.stride(0), view.stride(1), view.stride(2)};
  }
  std::string mebibytes() const { return std::to_string(edge_ * edge_ * edge_ * 8 >> 20) + " MiB"; }

  std::int64_t edge_;
  int repetitions_;
  std::string directory_;
  int rank_ = 0;
  int ranks_ = 1;
  Left left_;
  Right right_;
  Host host_;
  Box box_;
};

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  {
    const Kokkos::ScopeGuard kokkos(argc, argv);
    const auto argument = [&](int n, int otherwise) { return argc > n ? std::atoi(argv[n]) : otherwise; };
    Bench bench(argument(1, 256), argument(2, 9), argc > 3 ? argv[3] : ".");
    bench.copies();
    bench.commits("not compressed", tessera::Codec::none());
    bench.commits("compressed", {});
  }
  MPI_Finalize();
}
