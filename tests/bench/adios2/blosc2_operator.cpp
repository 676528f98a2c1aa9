/// \file
/// Blosc2 with zstd and the byte shuffle as an operator that ADIOS2 loads, for an ADIOS2 that was built without Blosc2
/// (Debian's). One thread, blocks as Blosc2 chooses them, as ADIOS2's own operator does by default.

#include <adios2.h>
#include <adios2/operator/plugin/PluginOperatorInterface.h>
#include <blosc2.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>

namespace {

struct FreeContext {
  void operator()(blosc2_context* context) const { blosc2_free_ctx(context); }
};
using Context = std::unique_ptr<blosc2_context, FreeContext>;

/// Values of float64: a header with their bytes, then one chunk of Blosc2's.
class Blosc2Operator : public adios2::plugin::PluginOperatorInterface {
 public:
  explicit Blosc2Operator(const adios2::Params& parameters) : PluginOperatorInterface(parameters) {
    blosc2_init();
    blosc2_cparams compression = BLOSC2_CPARAMS_DEFAULTS;
    compression.compcode = BLOSC_ZSTD;
    compression.typesize = sizeof(double);
    compression.nthreads = 1;
    if (const auto level = parameters.find("clevel"); level != parameters.end()) {
      compression.clevel = static_cast<std::uint8_t>(std::stoi(level->second));
    }
    compress_.reset(blosc2_create_cctx(compression));
    decompress_.reset(blosc2_create_dctx(BLOSC2_DPARAMS_DEFAULTS));
    if (!compress_ || !decompress_) throw std::runtime_error("Blosc2 makes no context");
  }

  size_t GetEstimatedSize(size_t elements, size_t element_bytes, size_t, const size_t*) const override {
    return sizeof(std::uint64_t) + elements * element_bytes + BLOSC2_MAX_OVERHEAD;
  }

  size_t Operate(const char* values, const adios2::Dims&, const adios2::Dims& count, adios2::DataType,
                 char* out) override {
    const std::uint64_t bytes =
        std::accumulate(count.begin(), count.end(), std::uint64_t{sizeof(double)}, std::multiplies<>());
    if (bytes > BLOSC2_MAX_BUFFERSIZE) throw std::runtime_error("a block of more than 2 GiB: take more ranks");
    size_t at = 0;
    PutParameter(out, at, bytes);
    const int size = blosc2_compress_ctx(compress_.get(), values, static_cast<std::int32_t>(bytes), out + at,
                                         static_cast<std::int32_t>(bytes + BLOSC2_MAX_OVERHEAD));
    if (size <= 0) throw std::runtime_error("Blosc2 compresses nothing: " + std::to_string(size));
    return at + static_cast<size_t>(size);
  }

  size_t InverseOperate(const char* in, size_t size, char* values) override {
    size_t at = 0;
    const auto bytes = GetParameter<std::uint64_t>(in, at);
    const int got = blosc2_decompress_ctx(decompress_.get(), in + at, static_cast<std::int32_t>(size - at), values,
                                          static_cast<std::int32_t>(bytes));
    if (got < 0) throw std::runtime_error("Blosc2 does not decompress: " + std::to_string(got));
    return static_cast<size_t>(got);
  }

  bool IsDataTypeValid(adios2::DataType type) const override { return type == adios2::DataType::Double; }

 private:
  Context compress_;
  Context decompress_;
};

}  // namespace

// By these names ADIOS2 looks for them.
extern "C" {
Blosc2Operator* OperatorCreate(const adios2::Params& parameters) { return new Blosc2Operator(parameters); }
void OperatorDestroy(Blosc2Operator* made) { delete made; }
}
