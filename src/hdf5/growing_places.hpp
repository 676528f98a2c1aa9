#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hdf5/free_extents.hpp"
#include "hdf5/space.hpp"

namespace tessera::hdf5 {

/// A chunk with several steps that gets one more, and so is written anew by a commit, at another place: the published
/// tree refers to what was there before.
struct GrowingChunk {
  std::size_t set = 0;             ///< of the record's chunks: it is the only one of that
  std::vector<std::byte> bytes;    ///< as stored; none when they are in the file
  std::uint64_t most = 0;          ///< bytes that it may have when it is complete
  bool is_complete = false;        ///< it has all its steps
  std::optional<Extent> replaced;  ///< where it was read from, which is free where an earlier job wrote it
};

/// Where the last chunks of such fields lie. Each has two places and takes turns, as trees do: a place may be written
/// to when no tree refers to it but the one that is brought up to date. With more trees there are more places. A
/// complete chunk is written once more, to space of its own size, and its places serve the next one.
class GrowingPlaces {
 public:
  /// Which records a tree has: those before this number.
  using Applied = std::size_t;

  /// Space for a chunk of the record that is on its way.
  /// \param field path of its dataset; \param first_step of the chunk
  /// \param others trees but the one that is brought up to date
  std::uint64_t take(const std::string& field, std::int64_t first_step, const GrowingChunk& chunk,
                     const std::vector<Applied>& others, Space& space);
  /// The record is in the file. \param number its
  void committed(std::size_t number);
  /// It is not. \param in_doubt whether something may refer to what was taken all the same
  /// \param end of the space that belongs to trees
  void failed(bool in_doubt, std::uint64_t end) noexcept;

  /// A tree that has these records is given up, and a reader may be in it: nobody writes to its places again.
  void leave(Applied applied) noexcept;

  /// Whether the last chunk of a field has a place by this writer.
  bool has(const std::string& field) const noexcept;
  /// What the published tree does not refer to, when nothing will be added any more; nor one that has these records.
  std::vector<Extent> unused(std::optional<Applied> other) const;

 private:
  static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

  /// Trees refer to it that have the record `since` and not the record `until`.
  struct Place {
    Extent extent;
    std::uint64_t size = 0;  ///< of the chunk in it
    std::size_t since = 0;
    std::size_t until = never;

    bool is_of(Applied applied) const noexcept { return since < applied && applied <= until; }
  };
  struct Places {
    std::vector<Place> all;
    std::int64_t first_step = -1;  ///< of the chunk that the last one has
  };
  struct Taken {
    std::string field;
    std::int64_t first_step = 0;
    Extent extent;
    std::uint64_t size = 0;
    bool is_complete = false;
  };

  Extent place_for(Places& places, const GrowingChunk& chunk, const std::vector<Applied>& others, Space& space);

  std::map<std::string, Places> fields_;
  std::vector<Extent> spare_;  ///< that were too small for their field
  std::vector<Taken> taken_;   ///< by the record on its way
};

}  // namespace tessera::hdf5
