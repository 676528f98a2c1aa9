#include "measure.hpp"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>

#include "../../support/shuffle_reference.hpp"
#include "thread_seconds.hpp"

namespace tessera::bench {

namespace {

using Bytes = std::vector<std::byte>;
constexpr std::size_t chunks_per_pass = 64;

std::vector<Bytes> shuffled(const DataSet& set) {
  std::vector<Bytes> result;
  for (const Bytes& chunk : set.chunks) {
    Bytes& planes = result.emplace_back(chunk.size());
    codec::shuffle_reference(chunk, set.element_bytes, planes);
  }
  return result;
}

std::size_t zlib_size(const Bytes& planes, Bytes& out) {
  uLongf size = out.size();
  const int result = compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                               reinterpret_cast<const Bytef*>(planes.data()), planes.size(), 4);
  if (result != Z_OK) throw std::runtime_error("zlib does not compress");
  return size;
}

/// The witness: zlib decodes to the bytes that the plain loop shuffled.
void check(std::size_t stored, const Bytes& out, const Bytes& planes, const std::string& name) {
  Bytes back(planes.size());
  uLongf size = back.size();
  const int result =
      uncompress(reinterpret_cast<Bytef*>(back.data()), &size, reinterpret_cast<const Bytef*>(out.data()), stored);
  if (result != Z_OK || size != planes.size() || back != planes) {
    throw std::runtime_error(name + ": a chunk does not decode to what it was");
  }
}

struct Step {
  double seconds = 0;
  double stored_bytes = 0;
};

/// Collects passes of one step or more.
class Passes {
 public:
  explicit Passes(double raw_bytes_of_step) : raw_bytes_(raw_bytes_of_step) {}

  void add(const std::vector<Step>& steps) {
    Step sum;
    for (const Step& step : steps) {
      sum.seconds += step.seconds;
      sum.stored_bytes += step.stored_bytes;
    }
    const double raw_bytes = raw_bytes_ * static_cast<double>(steps.size());
    const double ratio = raw_bytes / sum.stored_bytes;
    if (speeds_.empty()) {
      result_.first = raw_bytes_ / steps.front().seconds / 1e6;
      result_.first_ratio = raw_bytes_ / steps.front().stored_bytes;
      result_.ratio = ratio;
    }
    result_.ratio = std::min(result_.ratio, ratio);
    speeds_.push_back(raw_bytes / sum.seconds / 1e6);
  }
  Speed result() const {
    Speed result = result_;
    std::vector<double> sorted = speeds_;
    std::ranges::sort(sorted);
    result.median = sorted[sorted.size() / 2];
    return result;
  }

 private:
  double raw_bytes_;
  Speed result_;
  std::vector<double> speeds_;
};

/// A level with its encoder and what it learns of the data set from step to step.
struct Runner {
  std::unique_ptr<codec::Encoder> encoder;
  codec::FieldMemory memory;
  Passes passes;
};

Step zlib_step(const std::vector<Bytes>& planes, Bytes& out) {
  Step step;
  const double begin = thread_seconds();
  for (const Bytes& chunk : planes) step.stored_bytes += static_cast<double>(zlib_size(chunk, out));
  step.seconds = thread_seconds() - begin;
  return step;
}

Step encode_step(const DataSet& set, const std::vector<Bytes>& planes, Bytes& out, Runner& runner, bool checked) {
  Step step;
  for (std::size_t i = 0; i < set.chunks.size(); ++i) {
    const codec::Chunk chunk{set.chunks[i], set.element_bytes, codec::Arrangement::elements};
    const double begin = thread_seconds();
    const std::size_t stored = runner.encoder->encode(chunk, runner.memory, out);
    step.seconds += thread_seconds() - begin;
    step.stored_bytes += static_cast<double>(stored);
    if (checked) check(stored, out, planes[i], set.name);
  }
  return step;
}

}  // namespace

Measurement measure(const DataSet& set, const std::vector<int>& levels, int passes, codec::Libraries libraries) {
  Measurement result;
  result.name = set.name;
  for (const Bytes& chunk : set.chunks) result.raw_bytes += static_cast<double>(chunk.size());
  const std::vector<Bytes> planes = shuffled(set);
  const std::size_t chunk_bytes = set.chunks.front().size();
  Bytes out(std::max<std::size_t>(compressBound(chunk_bytes), codec::encoded_capacity({}, chunk_bytes)));

  Passes zlib(result.raw_bytes);
  std::vector<Runner> runners;
  for (const int level : levels) {
    runners.push_back({codec::make_deflate_encoder(Codec::deflate(level), libraries), {}, Passes(result.raw_bytes)});
  }
  const std::size_t steps_per_pass = (chunks_per_pass + set.chunks.size() - 1) / set.chunks.size();
  for (int pass = 0; pass < passes; ++pass) {
    zlib.add({zlib_step(planes, out)});
    for (Runner& runner : runners) {
      std::vector<Step> steps;
      for (std::size_t i = 0; i < steps_per_pass; ++i) {
        steps.push_back(encode_step(set, planes, out, runner, pass == 0 && i == 0));
      }
      runner.passes.add(steps);
    }
  }
  result.zlib = zlib.result();
  for (const Runner& runner : runners) result.levels.push_back(runner.passes.result());
  return result;
}

}  // namespace tessera::bench
