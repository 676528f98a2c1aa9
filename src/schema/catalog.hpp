#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/persistent_map.hpp"
#include "schema/contents.hpp"
#include "schema/description.hpp"
#include "schema/group.hpp"
#include "schema/operation.hpp"

namespace tessera::schema {

/// The scalars of a step.
using Scalars = std::vector<std::pair<std::string, double>>;

/// What a file contains, as a value: runs with their parameters, axes, fields, scalars and steps, each with its state,
/// and the operations that are queued for the next commit. All rules about names, attributes and sizes are applied
/// here.
///
/// Copies are cheap (they share what they have in common) and independent. Whoever changes a file works on a copy and
/// keeps it when the change has succeeded; nothing is ever taken back. Where a call throws, the copy is to be dropped.
/// The same calls give the same catalog on every rank.
///
///     Catalog next = catalog;
///     next.add_field(run, field);  // throws Error when a rule is broken
///     ... all ranks agree ...
///     catalog = std::move(next);   // cannot fail
class Catalog {
 public:
  static constexpr int root = 0;

  /// What the engine can keep.
  struct Limits {
    std::size_t max_series = 65000;  ///< fields and scalars of one run
    std::string engine;              ///< for messages
    bool statistics = false;         ///< whether new fields get them
  };

  /// Of no file: a place for another one. Needs no memory.
  Catalog() = default;
  /// Of an empty file.
  explicit Catalog(Limits limits);
  /// Of a file that is there (catalog_found.cpp). Definitions then mean what is there where the name is known, once
  /// each, and have to be the same. \throws Error hdf5 where nothing can be added to it
  Catalog(Limits limits, const Contents& contents);

  /// \{ What there is. Numbers count from 0; the root group is group 0.
  int groups() const noexcept { return static_cast<int>(groups_.size()); }
  const Group& group(int number) const { return *groups_.find(number); }
  const FieldRecord& field(int group_number, int number) const { return *group(group_number).fields.find(number); }
  /// Where the statistics of a field go; nullptr: nobody keeps any.
  std::shared_ptr<const StatisticsTable> statistics_of(int group_number, const FieldRecord& field) const {
    if (!limits_.statistics || field.table < 0) return nullptr;
    return group(group_number).tables.find(field.table)->table;
  }
  /// What some readers will not like about the first name that they will not; empty where there is none.
  const std::string& doubt() const noexcept { return doubt_; }
  State state(Batch batch) const noexcept {
    return batch == 0 ? State::declared : batch <= settled_ ? State::in_file : State::queued;
  }
  /// \}

  /// \{ Definitions. \throws Error invalid_argument, name_in_use, not_covered, wrong_order
  /// The attributes of the root group: Conventions, creator, history, then the user's. Of a file that is there the
  /// history gets a further line, where `history` is not empty.
  void define_root(const std::string& history, const Attributes& attributes);
  /// Makes the root a run, or one with further parameters.
  void extend_root(const Attributes& parameters, const RunOptions& options);
  /// \return the new group's number
  int add_run(const std::string& name, const Attributes& parameters, const RunOptions& options);
  void add_attribute(int group, const Attribute& attribute);
  /// The file keeps to these conventions too: a name in the root group's attribute Conventions.
  void add_convention(const std::string& name);
  /// \param has_codec whether the caller asked for the field's codec
  /// \return the field's number in its group
  int add_field(int group, Field field, bool has_codec = true);
  void add_scalar(int group, const std::string& name, const ScalarOptions& options);
  /// One without attributes is none.
  void add_mapping(int group, const GridMapping& mapping);
  void add_table(int group, const std::string& name, const TableOptions& options);
  /// Steps to come have this version of a mesh that changes. \param mesh its name, without the version
  void use_version(int group, const std::string& mesh, std::int64_t version);
  /// The field keeps this chunk from now on.
  void choose_chunk(int group, int field, const Index& chunk);
  /// \}

  /// \{ Steps.
  /// Steps from this number on go, with all else that the next step of the group changes, and the file's history gets a
  /// line that begins with `stamp`.
  /// \return what goes, in words; empty where nothing does
  /// \throws Error wrong_order where this writer has added steps, invalid_argument where there are fewer
  std::string keep_steps(int group, std::int64_t steps, const std::string& stamp);
  /// How many steps are not later than this time, up to rounding.
  std::int64_t steps_until(int group, double time) const;
  /// Whether a step could have a scalar of this name, declared or not.
  /// \param further scalars that the step has and nobody declared
  /// \throws Error invalid_argument, name_in_use
  void check_scalar(int group, const std::string& name, std::size_t further) const;
  /// The step that is written has so many rows of a table. \param ranks that write them
  void set_rows(int group, const std::string& table, std::int64_t rows, int ranks);
  /// The rows of a table are the boxes, of this version, that have the rows of another one as their cells. Where the
  /// step has cells and no boxes of its own, the ones that were written last are its boxes.
  void set_boxes(int group, const std::string& table, const std::string& cells, std::int64_t version);
  /// Of a column, the first of the chunks of the step that is written; 0 for other fields.
  std::int64_t first_chunk(int group, const Field& field) const;
  /// Queues what a step with these fields and scalars needs and what is not there yet.
  /// \param has_time false: static fields alone
  void define_step(int group, bool has_time, const std::vector<int>& fields, const Scalars& scalars);
  /// Adds a step whose fields and scalars are there (define_step). Without a time only says that the fields are
  /// written.
  StepChanges add_step(int group, const double* time, const std::vector<int>& fields, const Scalars& scalars);
  /// At the end: queues the fields that were declared and never put, whose chunks are chosen. Others are left out.
  void define_remaining(int group);
  /// \}

  /// \{ The queue.
  bool has_queued() const noexcept { return !queue_.empty(); }
  Operations queued() const;
  /// What is queued is in the file from here on.
  void settle() noexcept;
  /// \}

 private:
  Batch queue(Operations operations);
  void add_attributes(Group& group, const Attributes& attributes);
  int resume_run(int number, const Attributes& parameters, const RunOptions& options);
  int resume_field(Group& group, int number, const Field& asked, bool has_codec);
  Operations match_attributes(Group& group, const Attributes& attributes);
  void add_found(const StoredRun& run);
  void add_history(const std::string& line);
  void queue_cut(Group& group);
  void take_name(Group& group, const std::string& name, Kind kind);
  void take_axis(Group& group, const Axis& axis);
  void notice(const std::string& name);
  void take_time_axis(Group& group, const std::string& name);
  void define_time(Group& group);
  void define_time(Group& group, const std::string& name);
  void define_axis(Group& group, const Axis& axis);
  void define_field(Group& group, int number);
  void define_scalar(Group& group, const std::string& name);
  void define_counts(Group& group, const std::string& table);
  void add_rows(Group& group, StepChanges& changes);
  void define_version(Group& group, const std::string& mesh);
  void define_statistics(Group& group, const std::vector<int>& fields, bool time_dependent);
  void define_table(Group& group, const StatisticsTable& table, const std::vector<int>& fields);

  Limits limits_;
  PersistentMap<int, Group> groups_;
  PersistentMap<std::string, int> found_runs_;  ///< numbers of the runs that were there, by name
  std::int32_t dimensions_ = 0;                 ///< dimension scales so far
  std::int64_t runs_with_steps_ = 0;
  std::int64_t max_run_steps_ = 0;  ///< its steps
  PersistentMap<Batch, Operations> queue_;
  Batch batches_ = 0;
  Batch settled_ = 0;  ///< batches up to this one are in the file
  std::string doubt_;
  std::string conventions_ = first_convention;
  std::string history_;  ///< of a file that is there, with what was added
};

}  // namespace tessera::schema
