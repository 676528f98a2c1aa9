#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tessera/reader.hpp>

#include "comm/communicator.hpp"
#include "hdf5/input_file.hpp"
#include "schema/contents.hpp"

/// \file
/// What stands behind the handles of reader.hpp.

namespace tessera::detail {

/// A box that was asked for.
struct GetBox {
  std::size_t field = 0;  ///< its number in the run
  Box box;
  AnyArray target;  ///< with extents, strides and halo
};

struct ReadStep {
  std::size_t run = 0;
  std::int64_t number = -1;  ///< -1: static fields
  std::vector<GetBox> boxes;
  std::optional<Error> noted;  ///< the first error of a local call
};

/// One file that is read. Handles share it.
class ReaderState {
 public:
  static constexpr const char* owner = "tessera::Reader";

  /// Collective. A rank without memory for its own part tells the others.
  static std::shared_ptr<ReaderState> open(MPI_Comm communicator, const std::string& path,
                                           const ReaderOptions& options);
  ReaderState(MPI_Comm communicator, std::string path, double rank_timeout, std::optional<Error> noted);

  const schema::Contents& contents() const noexcept { return contents_; }
  const schema::StoredRun& run(std::size_t number) const { return contents_.runs.at(number); }
  const std::string& path() const noexcept { return path_; }

  // Local.
  void get(ReadStep& step, const std::string& field, const Box& box, AnyArray target);
  void abandon() noexcept;

  // Collective.
  void read(ReadStep& step);
  void close();

 private:
  void open_together(std::optional<Error> failure);
  void require_open(const char* verb) const;
  void agree(const char* verb, std::string&& what, std::optional<Error> failure);
  void read_box(const ReadStep& step, const GetBox& asked);

  std::string path_;
  comm::Communicator comm_;
  schema::Contents contents_;
  std::optional<hdf5::InputFile> file_;  ///< opened by the first read of this rank
  std::vector<std::byte> buffer_;
  bool closed_ = false;
};

}  // namespace tessera::detail
