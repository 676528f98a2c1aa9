#pragma once

#include <tessera/requirements.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <tessera/array.hpp>
#include <tessera/attribute.hpp>
#include <tessera/box.hpp>
#include <tessera/error.hpp>
#include <tessera/field.hpp>
#include <tessera/field_values.hpp>
#include <tessera/grid.hpp>
#include <tessera/mesh.hpp>
#include <tessera/mpi.hpp>
#include <tessera/options.hpp>
#include <tessera/refinement.hpp>
#include <tessera/report.hpp>
#include <tessera/table.hpp>

/// \file
/// Writer, Run and Step: the verbs of the library.
///
/// | call                                                           | collective? |
/// |----------------------------------------------------------------|-------------|
/// | Writer(), Writer::run, Writer::root, Writer::close             | collective  |
/// | Writer::progress, Writer::wait                                 | collective  |
/// | Run::field, Run::mesh, Run::table, Run::attribute, Run::scalar | collective  |
/// | Run::refinement, Run::regrid, Run::keep, Run::keep_until       | collective  |
/// | Step::commit, Step::commit_async                               | collective  |
/// | Run::step, Run::statics, Run::steps, Run::last_time            | local       |
/// | Step::put, Step::scalar                                        | local       |
/// | Writer::explain, Writer::report, Writer::in_flight, destructors | local      |
///
/// *Collective*: every rank of the writer's communicator makes the same calls in the same order with the same values;
/// where one does not, every rank gets the same Error. Ranks without data take part too, without a put.
/// Threads: a writer and its handles are used from one thread at a time, one that may call MPI: with MPI_THREAD_SINGLE
/// and MPI_THREAD_FUNNELED the one that initialised it, at higher levels any. Other calls throw `wrong_thread`, on this
/// rank alone. Several writers may be open at once, each on its communicator; with MPI_THREAD_MULTIPLE and
/// Engine::direct also in several threads at the same time, as long as nobody else calls HDF5 then, unless it is built
/// thread-safe.

namespace tessera {

namespace detail {
class WriterState;
struct RunEntry;
struct StepEntry;
}  // namespace detail

/// One point in time of a run (or its static fields), open until commit().
///
/// Move-only. A step that is destroyed without commit is dropped: nothing of it is written.
class Step {
 public:
  Step(Step&&) noexcept;             ///< The other one is empty afterwards.
  Step& operator=(Step&&) noexcept;  ///< Drops what this one held.
  ~Step();

  /// Hands over one box of a field; zero or more times per field. Local: nothing is sent or copied.
  ///
  /// \param field a field of the run that this step belongs to
  /// \param box   where in the field the owned cells go, without halo
  /// \param source a pointer, a contiguous container (std::vector, std::array, std::span, a C array), an mdspan, a
  ///              Kokkos View, DualView, DynRankView or OffsetView, an ArrayRef, or anything with ArrayTraits. Its
  ///              extents are the box plus halo, then the components; where it has none of its own, its elements are in
  ///              C order. One array per component: components(u, v, w).
  ///
  /// The memory has to stay valid and unchanged until commit(), unless copied() has it copied; a temporary container
  /// is moved into the step. Two puts of a step that read the same memory for different fields, or for one field with
  /// changed values, are an error. Errors are noted and thrown by commit() on all ranks.
  template <class T, class Source>
  void put(const Field<T>& field, const Box& box, Source&& source) {
    noting([&] { put_any(field.entry(), box, detail::any_values<T>(std::forward<Source>(source))); });
  }

  /// Hands over this rank's values of a field on a mesh, in the order of its MeshPart, or of a column of a table; once
  /// per field. Local.
  ///
  /// \param field  a field of the run that this step belongs to, declared on a mesh or a table
  /// \param source as above: as many values as the rank has nodes or cells, then the components. For a node that
  /// several
  ///               ranks have, the lowest rank's value goes into the file. Of a table as many rows as there are, the
  ///               same for all its columns; a rank without rows may leave them out. Ranks' rows follow each other.
  ///
  /// Either every rank with values puts them, or none does; a rank without any need not. Where ranks gave ids, commit()
  /// redistributes the values and holds a copy of them until it ends.
  template <class T, class Source>
  void put(const Field<T>& field, Source&& source) {
    noting([&] { put_own(field.entry(), detail::any_values<T>(std::forward<Source>(source))); });
  }

  /// Hands over this rank's values of a field on one level of a refinement; once per field and level. Local.
  ///
  /// \param field  a field of the run that this step belongs to, declared on a refinement
  /// \param level  from 0; a level where this rank has no boxes may be left out
  /// \param arrays a range of sources as above, one for each of this rank's boxes of the level, in the order that
  ///               Run::regrid got them: each has the extents of its box plus halo, then the components. A view that
  ///               makes its arrays one by one, such as std::views::transform, does as well.
  ///
  /// The values are copied: the memory may change afterwards. Ranks that put one field put all fields of the refinement
  /// on all levels where they have boxes; either all ranks with boxes do so in a step, or none. Errors are noted and
  /// thrown by commit() on all ranks.
  template <class T, std::ranges::input_range Arrays>
  void put(const RefinedField<T>& field, int level, Arrays&& arrays) {
    noting([&] {
      std::vector<detail::AnyArray> all;
      // What the range makes on the way is moved in: it is gone after its turn.
      for (auto&& array : arrays) all.push_back(detail::any_values<T>(std::forward<decltype(array)>(array)));
      put_level(field.entry().get(), level, std::move(all));
    });
  }

  /// A number of this step, kept as the 1-D dataset `name` beside the fields. Local; every rank gives the same value,
  /// up to rounding: rank 0's is stored where the others agree to 1e-12 relative, as for the step's time. A
  /// series may begin at any step; steps without a value read NaN.
  void scalar(const std::string& name, double value);
  /// A number that only one rank knows: that rank gives it, all others give std::nullopt. Example:
  /// `step.scalar("probe", box.contains(cell) ? std::optional(value) : std::nullopt)`. Costs the commit a reduction.
  template <class T>
    requires std::is_arithmetic_v<T>
  void scalar(const std::string& name, const std::optional<T>& value) {
    scalar_of_one_rank(name, value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt);
  }
  /// From a rank that does not know the number.
  void scalar(const std::string& name, std::nullopt_t) { scalar_of_one_rank(name, std::nullopt); }

  /// Makes the step part of the file. Collective.
  ///
  /// When it returns, every rank's data is in the file. When it throws, the file holds what was committed
  /// before, this step is over, and the writer can go on with another one.
  void commit();

  /// Begins to make the step part of the file. Collective.
  ///
  /// When it returns, the values that were put have been copied: their memory may change. Threads of the library encode
  /// and write them behind the simulation; they call neither MPI nor HDF5, so MPI_THREAD_FUNNELED does. The step is *in
  /// flight* until a later collective call makes it part of the file: each but Writer::progress and Run::regrid
  /// finishes all that are in flight before it does anything else, this one only what exceeds Options::steps_in_flight,
  /// or all where Options::memory_budget is given. A kill loses what is in flight, but nothing that was committed
  /// before.
  /// With Options::publish_by a thread of the library does that instead, without a call; then every collective call but
  /// Writer::close begins with waiting for it.
  ///
  /// What fails on the way is thrown by that later call, on every rank, and names the step. It and those in flight
  /// behind it then are not in the file, the next step takes their place, and the call that threw has done nothing: it
  /// can be made again.
  ///
  /// Needs memory for a copy of what this rank's chunks hold, for every step in flight; where Options::memory_budget is
  /// less than that, and with Engine::collective, this is commit().
  void commit_async();

 private:
  friend class Run;
  Step(std::shared_ptr<detail::WriterState> state, std::shared_ptr<detail::StepEntry> entry);
  /// A rank without memory for its own part does not leave the others alone: commit() throws on all of them.
  template <class Action>
  void noting(const Action& action) {
    try {
      action();
    } catch (const std::bad_alloc&) {
      note_no_memory();
    }
  }
  void note_no_memory();
  void put_any(const std::shared_ptr<detail::FieldEntry>& field, const Box& box, detail::AnyArray array);
  void put_own(const std::shared_ptr<detail::FieldEntry>& field, detail::AnyArray array);
  void put_level(const detail::RefinedFieldEntry* field, int level, std::vector<detail::AnyArray> arrays);
  void scalar_of_one_rank(const std::string& name, std::optional<double> value);
  void drop() noexcept;
  std::shared_ptr<detail::WriterState> state_;
  std::shared_ptr<detail::StepEntry> entry_;
};

/// A simulation in the file: a group with its parameters as attributes. A handle, copied freely.
class Run {
 public:
  /// Declares a field. Collective. The dataset is `/<run>/<name>` with the axes (time,) grid (, components),
  /// these on one axis, or on two (FieldOptions::tensor_axes).
  ///
  /// In a file that was there (Options::open) a known name means the field that is there. Type as stored, axes,
  /// components, fill value, unit and long_name have to be the same; so do chunk, codec and attributes where they are
  /// given.
  ///
  /// \tparam T the element type, see is_element_v; bool, which the file has as int8 that xarray makes bool of; or
  ///         std::complex or Kokkos::complex of float or double, whose two parts are the dataset's last axis
  /// \throws Error invalid_argument, name_in_use, ranks_disagree; not_covered for a field that begins after the first
  ///         step without a fill value
  template <class T>
  Field<T> field(const std::string& name, const Grid& grid, const FieldOptions<T>& options = {}) {
    detail::require_value<T>();
    // Made untyped in there, where a rank without memory for it can tell the others.
    const auto untyped = [](const void* given) {
      return detail::request_of(*static_cast<const FieldOptions<T>*>(given));
    };
    return Field<T>(field_any(name, grid, &options, untyped));
  }

  /// Declares a field on the nodes or the cells of a mesh of this run: `run.field<double>("u", mesh.nodes(), {...})`.
  /// Collective. As above, with the axes (time,) nodes or cells (, components); FieldOptions::location is ignored.
  template <class T, std::same_as<MeshSpace> Space>
  Field<T> field(const std::string& name, const Space& space, const FieldOptions<T>& options = {}) {
    detail::require_value<T>();
    const auto untyped = [](const void* given) {
      return detail::request_of(*static_cast<const FieldOptions<T>*>(given));
    };
    return Field<T>(mesh_field_any(name, space, &options, untyped));
  }

  /// Declares a column of a table of this run: `run.field<double>("age", particles, {...})`. Collective. As above, with
  /// the axes rows (, components); FieldOptions::location, chunk and time_dependent are not looked at. Step::put takes
  /// it without a box.
  template <class T, std::same_as<Table> Rows>
  Field<T> field(const std::string& name, const Rows& table, const FieldOptions<T>& options = {}) {
    detail::require_value<T>();
    const auto untyped = [](const void* given) {
      return detail::request_of(*static_cast<const FieldOptions<T>*>(given));
    };
    return Field<T>(column_any(name, table, &options, untyped));
  }

  /// Declares a field in the cells of all levels of a refinement of this run: `run.field<double>("density", amr,
  /// {...})`. Collective. On each level it is the dataset `<name>_level<level>`, a column of a table; as there, the
  /// options location, chunk and time_dependent are not looked at. Where it throws, no level has it.
  /// \throws Error invalid_argument, name_in_use, wrong_order (a refinement of another run), ranks_disagree
  template <class T, std::same_as<Refinement> Levels>
  RefinedField<T> field(const std::string& name, const Levels& refinement, const FieldOptions<T>& options = {}) {
    detail::require_value<T>();
    const auto untyped = [](const void* given) {
      return detail::request_of(*static_cast<const FieldOptions<T>*>(given));
    };
    return RefinedField<T>(refinement, refined_field_any(name, refinement, &options, untyped));
  }

  /// Declares a refinement: levels of boxes, which change from step to step or stay (docs/refinement.md). Collective.
  /// It has no boxes before regrid(). In a file that was there a known name means the refinement that is there. Where
  /// it throws, nothing of it is declared. \throws Error invalid_argument, name_in_use, ranks_disagree
  Refinement refinement(const std::string& name, const RefinementOptions& options);

  /// From the next step on a refinement has these boxes, of which each rank gives its own, in all levels. Collective;
  /// nothing is written. Each rank gets to know all boxes. Boxes of a level share no cells and lie inside the domain;
  /// those of level 0 fill it; those of other levels begin and end on faces of the level before, inside its boxes.
  /// Where it throws, the boxes stay as they were.
  /// \throws Error invalid_argument, out_of_bounds, overlap, not_covered (a level not inside the one before),
  ///         wrong_order (a step is open, a refinement of another run), ranks_disagree (about which refinement)
  void regrid(const Refinement& refinement, const LevelBoxes& boxes);

  /// Declares a table, which has any number of rows in each step (docs/tables.md): columns are fields that are declared
  /// on it. Collective. Each step has `<name>_begin` and `<name>_count`: where in the columns its rows are. In a file
  /// that was there a known name means the table that is there. \throws Error invalid_argument, name_in_use,
  /// ranks_disagree
  Table table(const std::string& name, const TableOptions& options = {});

  /// Writes an unstructured mesh, of which each rank gives its part, and returns a handle to declare fields on.
  /// Collective: a commit of static fields, so that the mesh is in the file when it returns, once for all steps. The
  /// datasets are named after it: `<name>`, `<name>_x`, `<name>_connectivity`... (docs/meshes.md).
  ///
  /// In a file that was there a known name means the mesh that is there, with the same cells in the same order, which a
  /// job on another number of ranks has where it gives ids, and the same coordinates up to rounding (a millionth of the
  /// mesh's size); those in the file stay. A mesh that changes has versions (MeshOptions::version): each is made before
  /// the first step with it, and comes into the file with the run's next commit (which waits until it has); its
  /// floating-point fields read NaN in steps of other versions unless they have a fill value, which time-dependent
  /// fields of integers need.
  ///
  /// \throws Error invalid_argument, shape_mismatch, out_of_bounds (an inconsistent part), not_covered, overlap,
  ///         ranks_disagree (ids that no rank gave, or too many), wrong_order (a step is open), name_in_use; and what
  ///         Step::commit throws
  Mesh mesh(const std::string& name, const MeshPart& part, const MeshOptions& options = {});

  /// Adds a parameter as an attribute of the group. Collective. A name can be used once; one that was there before this
  /// writer has to have the same value.
  void attribute(const std::string& name, const AttributeValue& value);

  /// Declares a per-step scalar with its unit; Step::scalar alone does as well, without one. Collective.
  void scalar(const std::string& name, const ScalarOptions& options);

  /// For a run that was in the file: which of its steps to continue from, the first `steps`, or those not later than
  /// `time` (up to 1e-12 relative), for example that of the checkpoint the job starts from. Collective, before the
  /// run's first new step. The others stay until that is committed, and are dropped in the same instant; rank 0 says so
  /// in one line, and so does the file's `history`. \throws Error wrong_order, invalid_argument,
  /// ranks_disagree
  void keep(std::int64_t steps);
  void keep_until(double time);  ///< \copydoc keep

  std::int64_t steps() const;  ///< How many steps there are: committed, and not to be dropped. Local.
  double last_time() const;    ///< Time of the last of these; NaN where there is none. Local.

  /// Begins the step at this time, in the run's time unit. Local. Times are finite and increase from step to step;
  /// ranks give the same, up to rounding (Step::scalar). A run has one open step at a time. An error is noted and
  /// thrown by Step::commit.
  Step step(double time);

  /// Begins a commit of static fields alone, without a point in time. Local.
  Step statics();

  /// The group's name; "/" for the root.
  const std::string& name() const noexcept;

 private:
  friend class Writer;
  Run(std::shared_ptr<detail::WriterState> state, std::shared_ptr<detail::RunEntry> entry);
  std::shared_ptr<detail::FieldEntry> field_any(const std::string& name, const Grid& grid, const void* options,
                                                detail::FieldRequest (*make_request)(const void* options));
  std::shared_ptr<detail::FieldEntry> mesh_field_any(const std::string& name, const MeshSpace& space,
                                                     const void* options,
                                                     detail::FieldRequest (*make_request)(const void* options));
  std::shared_ptr<detail::FieldEntry> column_any(const std::string& name, const Table& table, const void* options,
                                                 detail::FieldRequest (*make_request)(const void* options));
  std::shared_ptr<detail::RefinedFieldEntry> refined_field_any(const std::string& name, const Refinement& refinement,
                                                               const void* options,
                                                               detail::FieldRequest (*make_request)(const void*));
  std::shared_ptr<detail::WriterState> state_;
  std::shared_ptr<detail::RunEntry> entry_;
};

/// One HDF5 file, written by all ranks of a communicator.
class Writer {
 public:
  /// Creates the file, or continues one (Options::open). Collective over `communicator`, which is duplicated
  /// (without its topology).
  ///
  /// \throws Error file_exists, not_found, storage, hdf5, ranks_disagree, not_initialized
  Writer(MPI_Comm communicator, const std::string& path, const Options& options = {});
  Writer(Writer&&) noexcept;             ///< The other one is empty afterwards.
  Writer& operator=(Writer&&) noexcept;  ///< Ends what this one held, as its destructor does.
  /// Without close(), drops what is not committed and prints one warning line. Never throws, never publishes.
  ~Writer();

  /// A new run: the group `/<name>`, its parameters as attributes in the order given. Collective.
  ///
  /// In a file that was there a known name means that run, once: parameters that it has need the same values, others
  /// are added. Its steps stay, all or as Run::keep says. \throws Error invalid_argument, name_in_use, ranks_disagree
  Run run(const std::string& name, const Attributes& parameters = {}, const RunOptions& options = {});

  /// The file's root group as a run, for fields that belong to no simulation. Collective.
  Run root(const Attributes& parameters = {}, const RunOptions& options = {});

  /// Makes those steps in flight (Step::commit_async) part of the file whose data all ranks have written already. Does
  /// not wait for the rest; for simulations that commit rarely. Collective.
  void progress();

  /// Makes all steps in flight part of the file: as durable as Options::durability says. Collective.
  void wait();

  /// How many steps are in flight: begun, and neither in the file nor lost. Local; with Options::publish_by it changes
  /// at any time.
  std::size_t in_flight() const;

  /// Completes and closes the file. Collective. Steps that are still open are dropped. The file is closed also when
  /// this throws. A second close() does nothing.
  void close();

  /// What was chosen for each field (chunk shape, codec, chunks shared by ranks) and why; a few lines of text. Local.
  /// While a thread publishes a step (Options::publish_by), times and bytes are those before it.
  std::string explain() const;

  /// Unreferenced bytes of the file that later steps or jobs can use: those of dropped steps (Run::keep), of the
  /// metadata of earlier jobs (docs/restart.md), and, after close(), what ranks had ahead of time and did not need. On
  /// rank 0, also after close(), which prints one line where it is a tenth of the file or more, and a MiB; 0 on other
  /// ranks and with Engine::collective. Local. While a thread publishes a step, what it was before.
  std::uint64_t unused_bytes() const;

  /// What the commits so far wrote, and where their time went; also after close(). On rank 0; on the others, and where
  /// nothing is measured (ReportOptions::measure), it is empty. Local.
  Report report() const;

 private:
  std::shared_ptr<detail::WriterState> state_;
};

}  // namespace tessera
