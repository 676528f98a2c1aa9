#pragma once

#include <tessera/requirements.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <tessera/attribute.hpp>
#include <tessera/types.hpp>

/// \file
/// Every option, with its unit and default. Behaviour first, speed after.

namespace tessera {

/// How the bytes of a chunk are stored. Both filters are HDF5's own: every stock reader has them.
struct Codec {
  /// Deflate (zlib) level, 1 (fast) to 9 (small); 0 stores without compression.
  int level = 4;
  /// Groups like bytes of neighbouring elements before compressing: better and faster for numbers. Ignored at level 0.
  bool shuffle = true;

  static Codec none() { return {0, false}; }                 ///< not compressed
  static Codec deflate(int level) { return {level, true}; }  ///< shuffle and deflate
  friend bool operator==(const Codec&, const Codec&) = default;
};

/// The way of the data into the file. Both write the same content.
enum class Engine : std::uint8_t {
  /// Tessera's own: every rank compresses and writes its chunks, and a commit is one small write. A kill loses no
  /// committed step.
  direct,
  /// Stock parallel HDF5, collectively, through its own filters: the reference. Slower, and a kill between two commits
  /// can leave a file that does not open. Absent where Tessera was built with a serial HDF5 (TESSERA_HAVE_PARALLEL_HDF5
  /// in config.hpp is 0): then a Writer that asks for it throws ErrorCode::invalid_argument.
  collective,
};

/// What a Writer does with a file that is there.
enum class OpenMode : std::uint8_t {
  /// It is an error, unless Options::overwrite is set.
  create,
  /// Continues it: new steps, runs, fields and parameters are added, and known names mean what is there
  /// (Writer::run, Run::field). It is an error where there is no file.
  append,
  /// Continues it, or creates it where there is none.
  append_or_create,
};

/// What a committed step survives, with Engine::direct.
enum class Durability : std::uint8_t {
  /// The death of any process at any instant. Data is handed to the operating system.
  kill_safe,
  /// Also the loss of a node: every commit waits until its data is on stable storage.
  power_safe,
};

/// Who makes a step in flight (Step::commit_async) part of the file, with Engine::direct. docs/async.md
enum class PublishBy : std::uint8_t {
  /// The next collective call of the program. MPI needs no threads for that.
  next_call,
  /// A thread of the library, as soon as all ranks have written the step: whatever the program does meanwhile, it needs
  /// no further call. Needs MPI_THREAD_MULTIPLE, and an HDF5 that is built thread-safe, which few are. One step is in
  /// flight at most.
  thread,
  /// The same, also with an HDF5 that is not thread-safe: rank 0 of the program calls HDF5 in no other way than through
  /// Tessera between Step::commit_async and its next collective call of the writer. What does is undefined.
  thread_alone,
};

/// Small files beside the file by which ParaView and VTK open its runs: `study.simulation_1.vtkhdf` or `.xmf` beside
/// `study.h5` for the run `simulation_1`, `study.vtkhdf` for fields in the root group. They hold names, shapes and
/// references; no value of a field is in them. docs/paraview.md
enum class SideFiles : std::uint8_t {
  none,
  vtkhdf,  ///< for VTK 9.3, ParaView 5.12 and newer; without time also for VTK 9.1
  xdmf,    ///< for all versions: `.xmf`, text that grows with the steps
  both,
};

/// What is reported of commits: what they wrote, and where their time went. docs/report.md
struct ReportOptions {
  /// Whether commits are measured for Writer::report(). Costs a few clock readings and 128 bytes per rank, in a message
  /// that is sent anyway. With Engine::collective, which has no such message, one small reduction, and only where one
  /// of the next three asks for it.
  bool measure = true;
  bool lines = false;    ///< one line per commit, on rank 0's stderr
  bool summary = false;  ///< a few lines at close(), there
  /// At close() rank 0 writes the report as JSON beside the file: `study.h5.report.json`, in place of an earlier one.
  /// Where that fails, a line on stderr says so.
  bool file = false;
  friend bool operator==(const ReportOptions&, const ReportOptions&) = default;
};

/// Options of a Writer.
struct Options {
  /// Replace a file that is there already; its mode and group stay. Default: refuse with ErrorCode::file_exists.
  bool overwrite = false;
  /// Whether to continue a file that is there: one of ours, closed or left by a job that was killed, of either
  /// engine, also after h5repack. Until the first commit the file is not changed. Needs Engine::direct.
  OpenMode open = OpenMode::create;
  /// The file's `history` attribute (CF); default: the time of creation and the library's version. The
  /// environment variable SOURCE_DATE_EPOCH (seconds since 1970) replaces the clock.
  std::string history = {};
  /// Further attributes of the file's root group, for example {"title", "..."}.
  Attributes attributes = {};
  /// Which side files rank 0 keeps for ParaView, one per run. Each is replaced as a whole after a commit has been
  /// published, so it shows committed steps at any instant, and lags by the last commit at most, or by a ten-thousandth
  /// of the steps (`.xmf`: a hundredth) where there are many; at close it shows all. A side file that cannot be written
  /// is warned of on stderr, once per run, and the steps are kept: `tessera paraview` makes it afterwards. With
  /// Engine::collective they come at close.
  SideFiles paraview = SideFiles::none;
  /// Codec of all fields that name none.
  Codec codec = {};
  /// Bytes of a chunk that the automatic choice aims at, before compression; kept between 256 KiB and 16 MiB.
  std::size_t chunk_bytes = std::size_t{1} << 20;
  /// The environment variable TESSERA_ENGINE ("direct" or "collective") takes precedence.
  Engine engine = Engine::direct;
  /// What a committed step survives; for Engine::direct.
  Durability durability = Durability::kill_safe;
  /// With Engine::direct: how long a reader that opened the file while it is written has to read the steps it saw, in
  /// milliseconds. For that long what it reads is not changed, so commits that come faster make further copies of the
  /// (small) metadata, at most 64, and then wait. On local file systems readers are noticed; while there is none, two
  /// copies do and no commit waits. 0: metadata may change while a reader reads it.
  std::int64_t reader_grace_ms = 500;
  /// With Engine::direct: bytes that a rank may use beyond the caller's arrays; 0: a quarter of its own bytes of a
  /// field, at least 64 MiB. A smaller budget means more rounds; less than a few chunks is not possible. The copies
  /// that copied() asks for come on top: where a budget is given, those of a step on a rank may have as many bytes
  /// again; so do the rank's values of fields on meshes with ids. Step::commit_async copies a step: where a budget is
  /// given, and less than that, it waits; without one it takes what it needs.
  std::size_t memory_budget = 0;
  /// With Engine::direct: threads per rank that compress, with the one that commits (behind the simulation, for
  /// Step::commit_async: without it); 0: as many as the rank has processors for itself, by its CPU affinity and the
  /// other ranks on its node, so one where ranks fill the cores. They live as long as the writer and call neither MPI
  /// nor HDF5.
  std::size_t threads = 0;
  /// How many steps may be on their way into the file behind the simulation (Step::commit_async), 1 to 16. Each takes
  /// memory for a copy of what the rank's chunks hold, and is lost where the job is killed before it is in the file.
  std::size_t steps_in_flight = 1;
  /// Who makes a step in flight part of the file. With a thread steps_in_flight is 1. The environment variable
  /// TESSERA_PUBLISH_BY ("next_call", "thread" or "thread_alone") takes precedence.
  PublishBy publish_by = PublishBy::next_call;
  /// How long a rank waits for the others, in seconds, before those that are there give up with
  /// ErrorCode::rank_missing, which names the ranks that are not; 0: forever. Choose it longer than the longest commit,
  /// and than ranks are ever apart. With Engine::collective HDF5's own waits have no limit. The environment variable
  /// TESSERA_RANK_TIMEOUT takes precedence.
  double rank_timeout = 0;
  /// Whether minimum, maximum, mean and the number of values that are not finite are kept, of each field and step
  /// (StoredRun::statistics; FORMAT.md says where). Not of fields in the root group. Costs some percent of a commit
  /// (`tests/bench/option_cost`), and each run a group beside its fields.
  bool statistics = false;
  /// What is reported of commits. The environment variable TESSERA_REPORT takes precedence: "none", or any of "lines",
  /// "summary" and "file" with commas between.
  ReportOptions report = {};
  /// With Engine::collective: hints for MPI-IO ("striping_factor", "cb_nodes", ...), if MPI can take them.
  std::vector<std::pair<std::string, std::string>> mpi_io_hints = {};
};

/// The time axis of a run.
struct RunOptions {
  /// Unit of time values. "s" keeps plain numbers; "seconds since 2026-01-01" lets readers show dates.
  std::string time_unit = "s";
  /// Further attributes of the dataset `time`: `{{"calendar", "360_day"}, {"standard_name", "time"}}`.
  Attributes time_attributes = {};
};

/// Where on the grid a field's values lie: on points along some axes, in the middle between two along the others. Here
/// `x` is the last axis, `y` the one before it, `z` the one before that, whatever their names are. A staggered grid has
/// pressure in cells and velocities on faces; its fields share the axes that they have in common.
enum class Location : std::uint8_t {
  point = 0,    ///< points along all axes
  cell = 15,    ///< cells along all axes
  face_x = 14,  ///< on the faces across x: points along x, cells along the others
  face_y = 13,  ///< points along y alone
  face_z = 11,  ///< points along z alone
  edge_x = 1,   ///< on the edges along x: cells along x, points along the others
  edge_y = 2,   ///< cells along y alone
  edge_z = 4,   ///< cells along z alone
};
/// Cells along the axes of both: `edge_x | edge_y` is `face_z` of a grid of three axes.
constexpr Location operator|(Location a, Location b) noexcept {
  return static_cast<Location>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

/// The precision in which floating-point values are stored.
enum class Precision : std::uint8_t {
  as_given,
  single,  ///< double as float32
  half,    ///< float and double as float16: 11 significant bits, 6e-8 to 65504
  /// float and double as bfloat16: 8 significant bits, the range of float. Stock programs read float32.
  bfloat16,
};

/// One of the two axes of a tensor's components (FieldOptions::tensor_axes).
struct TensorAxis {
  /// Of the axis; empty: "row" for the first one, "column" for the second.
  std::string name = {};
  /// Names along it, {"x", "y", "z"}, by which readers select: as FieldOptions::component_names.
  std::vector<std::string> names = {};
  /// How long it is, where there are no names.
  detail::Integer length = 0;

  friend bool operator==(const TensorAxis&, const TensorAxis&) = default;
};

/// Options of a field with elements of type T.
template <class T>
struct FieldOptions {
  /// Unit as UDUNITS spells it ("K"); no attribute when empty.
  std::string unit = {};
  /// A description for plots and tables; no attribute when empty.
  std::string long_name = {};
  /// Points, cells, faces or edges of the grid.
  Location location = Location::point;
  /// Values per point: 3 for a vector, 6 or 9 for a tensor. They form the last, fastest axis of the dataset when above
  /// 1.
  detail::Integer components = 1;
  /// Names of the components, one each: {"u", "v", "w"}. They become the coordinate of the last axis, by which readers
  /// select; `components` can then be left out. Text in UTF-8, each another one. Default: the axis is without
  /// coordinate.
  std::vector<std::string> component_names = {};
  /// Name of the axis of named components. Fields of a run share it where their components have the same names; else
  /// they need another one.
  std::string component_axis = "component";
  /// Two axes of components instead of one, for tensors: `{{"row", {"x", "y", "z"}}, {"column", {"x", "y", "z"}}}`, or
  /// `{{.length = 3}, {.length = 3}}`. They are the last axes of the dataset, and `components`, which can be left out,
  /// is their product: whatever takes or gives components takes these, the second axis counting faster, or the two axes
  /// as they are. Fields of a run share an axis of one name where it is the same. Symmetric tensors of which six
  /// components are kept have names instead: component_names.
  std::vector<TensorAxis> tensor_axes = {};
  /// True: one array per step, behind an unlimited first axis. False: one array, put once per run.
  bool time_dependent = true;
  /// What cells read that no rank puts. Without it every step has to cover the whole field, from the run's first step
  /// on.
  std::optional<T> fill = {};
  /// Store double as float32, float and double as float16 or bfloat16: a half or a quarter of the bytes before
  /// compression. Values beyond the range become infinite.
  Precision precision = Precision::as_given;
  /// Free attributes of the dataset.
  Attributes attributes = {};
  /// Chunk extents per axis of the grid (not components); chosen from the decomposition when empty. With one extent
  /// more, the first is of steps: {512, 16} for 16 probes. Such a chunk has the whole grid and at most 16 MiB; rank 0
  /// keeps the last one in memory, and each commit writes it anew, so that a step is as safe as any.
  Index chunk = {};
  /// Codec of this field; the writer's when not set.
  std::optional<Codec> codec = {};
  /// The name of the time axis that a time-dependent field lies on. `time` has all steps of the run. An axis of another
  /// name has those steps alone in which some field or scalar on it was put, so that others leave no rows: 3-D fields
  /// of every tenth step beside scalars of every step. It has the unit and the attributes of `time`.
  std::string time_axis = "time";
};

/// @cond
namespace detail {

// The options of a field by name, once: they are handed on, compared between ranks and sent by this list. It does not
// compile where one is missing.
#define TESSERA_FIELD_OPTIONS                                                                                \
  unit, long_name, location, components, component_names, component_axis, tensor_axes, time_dependent, fill, \
      precision, attributes, chunk, codec, time_axis
#define TESSERA_AS_TEXT(...) #__VA_ARGS__
#define TESSERA_TEXT_OF(list) TESSERA_AS_TEXT(list)

/// References to all options.
template <class Options>
constexpr auto each_option(Options& options) {
  auto& [TESSERA_FIELD_OPTIONS] = options;
  return std::tie(TESSERA_FIELD_OPTIONS);
}
/// Their names in this order, with ", " between them.
inline constexpr std::string_view option_names = TESSERA_TEXT_OF(TESSERA_FIELD_OPTIONS);

#undef TESSERA_TEXT_OF
#undef TESSERA_AS_TEXT
#undef TESSERA_FIELD_OPTIONS

/// One element without its static type.
using ElementBytes = std::vector<std::byte>;

/// A field's options without their static type; made by Run::field.
struct FieldRequest {
  DataType type = DataType::float64;
  FieldOptions<ElementBytes> options;
};

template <class Value>
void hand_on(const Value& given, Value& taken) {
  taken = given;
}
template <class T>
void hand_on(const std::optional<T>& given, std::optional<ElementBytes>& taken) {
  if (!given) return;
  const auto* bytes = reinterpret_cast<const std::byte*>(&*given);
  taken.emplace(bytes, bytes + sizeof(T));
}

template <class T>
FieldRequest untyped(const FieldOptions<T>& options) {
  FieldRequest request{data_type_of<T>(), {}};
  const auto hand_on_all = [&](const auto&... given) {
    std::apply([&](auto&... taken) { (hand_on(given, taken), ...); }, each_option(request.options));
  };
  std::apply(hand_on_all, each_option(options));
  return request;
}

}  // namespace detail
/// @endcond

/// Options of a per-step scalar series.
struct ScalarOptions {
  std::string unit = {};       ///< as UDUNITS spells it; no attribute when empty
  std::string long_name = {};  ///< a description; no attribute when empty
  /// As FieldOptions::time_axis. On `time` a step without a value reads NaN.
  std::string time_axis = "time";
};

}  // namespace tessera
