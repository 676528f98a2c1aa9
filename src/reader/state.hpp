#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tessera/reader.hpp>

#include "comm/communicator.hpp"
#include "hdf5/input_file.hpp"
#include "reader/chunk_reads.hpp"
#include "reader/device_target.hpp"
#include "reader/get_box.hpp"
#include "reader/place_reads.hpp"
#include "reader/read_files.hpp"
#include "reader/segment_inputs.hpp"
#include "schema/contents.hpp"

/// \file
/// What stands behind the handles of reader.hpp.

namespace tessera::detail {

struct ReadStep {
  std::size_t run = 0;
  std::int64_t number = -1;  ///< -1: static fields
  std::vector<GetBox> boxes;
  std::vector<GetPlaces> places;
  std::vector<DeviceTarget> devices;  ///< whose host memory is in `boxes`
  std::optional<Error> noted;         ///< the first error of a local call
};

/// What a plan depends on: the boxes of this rank, which datasets have their cells, and how these are cut into chunks.
struct ReadLayout {
  struct Part {
    std::size_t field = 0;
    Box box;
    Index shape;
    Index chunk;
    std::vector<std::size_t> sources;
    friend bool operator==(const Part&, const Part&) = default;
  };
  std::size_t run = 0;
  bool of_step = false;  ///< not of static fields
  std::vector<Part> parts;
  friend bool operator==(const ReadLayout&, const ReadLayout&) = default;
};

/// One file that is read. Handles share it.
class ReaderState {
 public:
  static constexpr const char* owner = "tessera::Reader";

  /// Collective. A rank without memory for its own part tells the others.
  static std::shared_ptr<ReaderState> open(MPI_Comm communicator, const std::string& path,
                                           const ReaderOptions& options);
  ReaderState(MPI_Comm communicator, std::string path, const ReaderOptions& options, double rank_timeout,
              std::optional<Error> noted);

  const schema::Contents& contents() const noexcept { return contents_; }
  const schema::StoredRun& run(std::size_t number) const { return contents_.runs.at(number); }
  const std::string& path() const noexcept { return path_; }
  int rank() const noexcept { return comm_.rank(); }
  int ranks() const noexcept { return comm_.size(); }

  // Local.
  void get(ReadStep& step, const std::string& field, const Box& box, AnyArray target, const GetOptions& options);
  void get_places(ReadStep& step, const std::string& field, const Integers& places, AnyArray target);
  /// Fills the boxes on this rank alone.
  void read_alone(ReadStep& step);
  FieldStatistics statistics(std::size_t run, const std::string& field);
  void abandon() noexcept;

  // Collective.
  void read(ReadStep& step);
  /// Where rows of the step have these values in a column, in this order; -1: nowhere.
  std::vector<std::int64_t> find_rows(const ReadStep& step, const std::string& column, const Integers& values);
  /// Whether there is more than was known, waiting for it for at most so many seconds.
  bool refresh(const char* verb, double seconds);
  void close();

 private:
  void release() noexcept;
  void open_together(std::optional<Error> failure);
  void require_open(const char* verb) const;
  /// \return those of the flags that all ranks set
  std::uint64_t agree(const char* verb, std::string&& what, std::optional<Error> failure, std::uint64_t flags = 0);
  std::vector<std::int64_t> own_column(const ReadStep& step, const std::string& column, const Box& share);
  const schema::StoredField& field_to_read(const ReadStep& step, const std::string& name) const;
  schema::Contents read_contents();
  std::string look_for_more();
  void use_run(std::size_t number);
  bool knows_sources(const ReadStep& step, const std::vector<GetBox>& boxes) const;
  void learn_sources(const ReadStep& step, const std::vector<GetBox>& boxes);
  void learn_parts();
  void learn_alone(const ReadStep& step, const std::vector<GetBox>& boxes);
  std::vector<hdf5::FieldParts> look_at_parts();
  void take_parts(std::vector<hdf5::FieldParts>&& parts);
  schema::Contents look_at_sources(const std::vector<std::int64_t>& wanted);
  void take_sources(const std::vector<std::int64_t>& wanted, schema::Contents&& found);
  void fill_gaps(const ReadStep& step, const GetBox& asked) const;
  std::int64_t place_on(const ReadStep& step, const schema::Field& field) const;
  void read_box(const ReadStep& step, const GetBox& asked);
  void read_by_hdf5(const ReadStep& step, const std::vector<GetBox>& boxes);
  void read_chunks(const ReadStep& step, const std::vector<GetBox>& boxes, const std::vector<DeviceTarget>& devices,
                   bool is_prepared, std::optional<Error> failure);
  void make_plan(const ReadStep& step, const std::vector<GetBox>& boxes, std::optional<Error>& failure);
  ReadJob prepare(ChunkReads& reads, const ReadStep& step, const std::vector<GetBox>& boxes, ReadPlan plan);
  ReadJob job_of(const ReadStep& step, const std::vector<GetBox>& boxes);
  ReadLayout layout_of(const ReadStep& step, const std::vector<GetBox>& boxes) const;
  std::optional<hdf5::PlacedChunk> find(const ReadStep& step, const ChunkKey& key);
  hdf5::InputFile& hdf5_file();
  std::size_t memory_for(const schema::StoredRun& run, const std::vector<GetBox>& boxes) const;

  std::string path_;
  ReaderOptions options_;
  comm::Communicator comm_;
  schema::Contents contents_;
  std::optional<hdf5::InputFile> file_;      ///< opened by the first read of this rank
  bool is_of_contents_ = false;              ///< file_ shows the tree that contents_ were read of
  ReadFiles files_;                          ///< of which this rank reads chunks
  SegmentInputs segments_;                   ///< of which this rank knows where chunks lie
  std::unique_ptr<ReadSources> sources_;     ///< of the run that was read last
  std::uint64_t inode_ = 0;                  ///< of the file that rank 0 opened
  std::size_t threads_ = 0;                  ///< of a rank; 0: not known yet
  std::shared_ptr<ChunkReads> chunk_reads_;  ///< made by the first read
  std::optional<ReadLayout> prepared_;       ///< of what chunk_reads_ has a plan
  std::vector<std::byte> buffer_;
  bool closed_ = false;
};

}  // namespace tessera::detail
