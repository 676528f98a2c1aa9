#include <optional>

#include "codec/decode.hpp"
#include "grid/chunk_grid.hpp"
#include "hdf5/input_file.hpp"
#include "readers.hpp"
#include "storage/read_only_file.hpp"

namespace bench {

struct ReadFloor::Chunks {
  explicit Chunks(const std::string& path) : file(path) {}
  tessera::storage::ReadOnlyFile file;
  std::vector<tessera::Filter> filters;
  std::vector<tessera::hdf5::PlacedChunk> places;  ///< of this rank
  std::size_t chunk_bytes = 0;
  std::size_t largest = 0;
  std::uint64_t all_bytes = 0;
};

ReadFloor::ReadFloor(const std::string& path, const Case& what) : chunks_(new Chunks(path)) {
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  tessera::hdf5::InputFile input(path);
  const auto contents = input.contents();
  const auto& stored = *contents.run("simulation_1")->field("velocity");
  const tessera::grid::ChunkGrid grid{stored.field.shape(), stored.field.chunk};
  chunks_->filters = stored.storage.filters;
  chunks_->chunk_bytes = static_cast<std::size_t>(grid.chunk_volume() * stored.field.cell_bytes());
  std::uint64_t count = 1;
  for (const auto along : grid.counts()) count *= static_cast<std::uint64_t>(along);
  for (int n = 0; n < what.steps; ++n) {
    for (std::uint64_t number = 0; number < count; ++number) {
      const auto place = input.find(stored, n, grid.cells_of(number).lower).value();
      chunks_->all_bytes += place.size;
      if (number * static_cast<std::uint64_t>(ranks) / count != static_cast<std::uint64_t>(rank)) continue;
      chunks_->places.push_back(place);
      chunks_->largest = std::max<std::size_t>(chunks_->largest, place.size);
    }
  }
}

ReadFloor::~ReadFloor() = default;

void ReadFloor::read() const {
  tessera::codec::Decoder decoder;
  std::vector<std::byte> stored(chunks_->largest);
  std::vector<std::byte> elements(chunks_->chunk_bytes);
  for (const auto& place : chunks_->places) {
    const auto bytes = std::span(stored).first(place.size);
    chunks_->file.read(place.address, bytes);
    decoder.decode(chunks_->filters, bytes, place.mask, elements);
  }
}

std::uint64_t ReadFloor::stored_bytes() const { return chunks_->all_bytes; }

}  // namespace bench
