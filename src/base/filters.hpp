#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <tessera/options.hpp>

/// \file
/// What a Codec means for a dataset, all but the bytes themselves (src/codec).

namespace tessera {

/// One filter of a dataset's pipeline.
struct Filter {
  int number = 0;                    ///< as HDF5 has registered it: 1 deflate, 2 shuffle
  std::vector<unsigned> parameters;  ///< what H5Pset_filter takes
};

/// The pipeline of a dataset with this codec, in the order in which a chunk goes through it when it is written.
std::vector<Filter> filters_of(const Codec& codec, std::size_t element_bytes);

/// What codec a dataset with this pipeline has; filters that no codec asks for are passed over.
Codec codec_of(const std::vector<Filter>& filters);

/// Whether there are filters, so that chunks go through an encoder. Without, a chunk is stored as it is.
bool has_filters(const Codec& codec) noexcept;

/// Whether one of them makes chunks smaller, so that there is something to learn of a field's bytes.
bool compresses(const Codec& codec) noexcept;

/// Whether the pipeline has the shuffle filter: it has nothing to do for elements of one byte.
bool uses_shuffle(const Codec& codec, std::size_t element_bytes) noexcept;

/// \param what the codec is of, for the error: "field 'p' of run 'a'"
/// \throws Error invalid_argument for a codec that does not exist
void check_codec(const Codec& codec, const std::string& what);

/// Another text for every other codec: "level 4 with shuffle".
std::string to_string(const Codec& codec);

/// The pipeline in words: "shuffle + deflate level 4", "not compressed".
std::string describe_filters(const Codec& codec, std::size_t element_bytes);

/// HDF5 keeps the size of a chunk as it is stored in 32 bits. A mebibyte less, since a chunk that no filter makes
/// smaller becomes a little larger (codec::encoded_capacity).
inline constexpr std::int64_t max_chunk_bytes = (std::int64_t{1} << 32) - (std::int64_t{1} << 20);

}  // namespace tessera
