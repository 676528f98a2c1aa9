// Writes codec_chunks.h5: datasets whose chunks were encoded here and handed over with H5Dwrite_chunk, each with a twin
// of the same name and "_expected" that HDF5 wrote without filters. check_hdf5_file.py reads it.
#include <hdf5.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include <tessera/error.hpp>

#include "chunks.hpp"

namespace tessera::codec::test {

namespace {

constexpr hsize_t chunk_elements = 30011;
constexpr std::size_t chunk_count = 4;

void require(bool good, const char* what) {
  if (!good) throw Error(ErrorCode::hdf5, what);
}

hid_t create(hid_t file, const std::string& name, hid_t type, hid_t list) {
  const hsize_t extent = chunk_elements * chunk_count;
  const hid_t space = H5Screate_simple(1, &extent, nullptr);
  const hid_t dataset = H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, list, H5P_DEFAULT);
  H5Sclose(space);
  require(dataset >= 0, "H5Dcreate2");
  return dataset;
}

hid_t filtered_list(const Codec& codec, std::size_t element_bytes) {
  const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
  require(H5Pset_chunk(list, 1, &chunk_elements) >= 0, "H5Pset_chunk");
  if (uses_shuffle(codec, element_bytes)) require(H5Pset_shuffle(list) >= 0, "H5Pset_shuffle");
  require(H5Pset_deflate(list, static_cast<unsigned>(codec.level)) >= 0, "H5Pset_deflate");
  return list;
}

Bytes planes_of(std::span<const std::byte> elements, std::size_t element_bytes) {
  Bytes planes(elements.size());
  const std::size_t count = elements.size() / element_bytes;
  for (std::size_t i = 0; i < elements.size(); ++i) planes[i % element_bytes * count + i / element_bytes] = elements[i];
  return planes;
}

void write_pair(hid_t file, const std::string& name, hid_t type, const Bytes& bytes, const Codec& codec,
                Arrangement arrangement) {
  const std::size_t element_bytes = H5Tget_size(type);
  const hid_t list = filtered_list(codec, element_bytes);
  const hid_t dataset = create(file, name, type, list);
  const std::unique_ptr<Encoder> encoder = make_encoder(codec);
  FieldMemory memory;
  const std::size_t chunk_bytes = chunk_elements * element_bytes;
  Bytes out(encoded_capacity(codec, chunk_bytes));
  for (std::size_t chunk = 0; chunk < chunk_count; ++chunk) {
    const auto elements = std::span(bytes).subspan(chunk * chunk_bytes, chunk_bytes);
    const Bytes planes = planes_of(elements, element_bytes);
    const std::span<const std::byte> input = arrangement == Arrangement::planes ? std::span(planes) : elements;
    const std::size_t size = encoder->encode({input, element_bytes, arrangement}, memory, out);
    const hsize_t offset = chunk * chunk_elements;
    require(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, &offset, size, out.data()) >= 0, "H5Dwrite_chunk");
  }
  const hid_t twin = create(file, name + "_expected", type, H5P_DEFAULT);
  require(H5Dwrite(twin, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) >= 0, "H5Dwrite");
  H5Dclose(twin);
  H5Dclose(dataset);
  H5Pclose(list);
}

/// Chunks of all kinds one after the other: noise, constant, structured, and noise in the low half of each element
/// only.
Bytes mixture(std::size_t element_bytes) {
  const std::size_t chunk_bytes = chunk_elements * element_bytes;
  Bytes bytes = noise(chunk_bytes, 1);
  for (std::size_t i = 0; i < chunk_bytes; ++i) bytes.push_back(static_cast<std::byte>(i % element_bytes + 1));
  const Bytes more = structured(chunk_bytes, 2);
  bytes.insert(bytes.end(), more.begin(), more.end());
  const Bytes rest = noise(chunk_bytes, 3);
  for (std::size_t i = 0; i < chunk_bytes; ++i) {
    bytes.push_back(i % element_bytes < element_bytes / 2 ? rest[i] : static_cast<std::byte>(i / 8000));
  }
  return bytes;
}

void write_file(const char* path) {
  const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  require(file >= 0, "H5Fcreate");
  const std::array<std::pair<const char*, hid_t>, 4> types{
      {{"int8", H5T_STD_I8LE}, {"uint16", H5T_STD_U16LE}, {"int32", H5T_STD_I32LE}, {"uint64", H5T_STD_U64LE}}};
  for (const auto& [name, type] : types) {
    const Bytes bytes = mixture(H5Tget_size(type));
    for (const int level : {1, 4, 9}) {
      for (const bool shuffle : {false, true}) {
        const std::string full_name =
            std::string(name) + "_level" + std::to_string(level) + (shuffle ? "_shuffle" : "");
        write_pair(file, full_name, type, bytes, {level, shuffle}, Arrangement::elements);
      }
    }
    write_pair(file, std::string(name) + "_planes", type, bytes, Codec{}, Arrangement::planes);
  }
  require(H5Fclose(file) >= 0, "H5Fclose");
}

}  // namespace

}  // namespace tessera::codec::test

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    tessera::codec::test::write_file(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s failed\n", error.what());
    return 1;
  }
}
