#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "comm/communicator.hpp"
#include "comm/redistribution.hpp"
#include "reader/get_box.hpp"
#include "schema/contents.hpp"

namespace tessera::detail {

/// Single values of a field that were asked for.
struct GetPlaces {
  std::vector<std::int64_t> places;  ///< in the field, which has one axis
  GetBox target;                     ///< of as many cells, from 0
};

/// Fields of which ranks want single values are read whole, each rank a part; then values go to who wants them.
class PlaceReads {
 public:
  /// Adds this rank's parts to the boxes that are read. Collective. What fails on one rank, all throw.
  PlaceReads(const comm::Communicator& comm, const schema::StoredRun& run, std::int64_t step,
             std::vector<GetPlaces>&& asked, std::vector<GetBox>& boxes);
  /// Once the boxes are filled. Collective.
  void hand_out();

 private:
  struct Work {
    std::size_t field = 0;
    std::unique_ptr<comm::Redistribution> redistribution;
    std::shared_ptr<comm::Redistribution::Memory> messages;
    std::unique_ptr<std::byte[]> part;  ///< of the field, as stored
    std::unique_ptr<std::byte[]> own;   ///< the values that this rank wants
  };
  std::size_t bytes_of(const Work& work) const;
  std::vector<std::int64_t> places_of(std::size_t field) const;
  void read_part(Work& work, std::span<const std::int64_t> begins, std::vector<GetBox>& boxes);

  const comm::Communicator& comm_;
  const schema::StoredRun& run_;
  std::vector<GetPlaces> asked_;
  std::vector<Work> work_;
};

}  // namespace tessera::detail
