#pragma once

#include <tessera/requirements.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <tessera/array.hpp>
#include <tessera/attribute.hpp>
#include <tessera/box.hpp>
#include <tessera/error.hpp>
#include <tessera/field_values.hpp>
#include <tessera/grid.hpp>
#include <tessera/mesh.hpp>
#include <tessera/mpi.hpp>
#include <tessera/options.hpp>
#include <tessera/statistics.hpp>
#include <tessera/types.hpp>

/// \file
/// Reader, StoredRun and StoredStep: reading back, on any number of ranks.
///
/// | call                                                        | collective? |
/// |-------------------------------------------------------------|-------------|
/// | Reader(), Reader::refresh, Reader::wait, Reader::close      | collective  |
/// | StoredStep::read                                            | collective  |
/// | everything else                                             | local       |
///
/// Collective calls and threads: as in writer.hpp.

namespace tessera {

namespace detail {
class ReaderState;
struct ReadStep;

/// Whether the elements of this target can be written to.
template <class Target>
constexpr bool is_writable_target() {
  using Plain = std::remove_reference_t<Target>;
  if constexpr (std::is_pointer_v<std::remove_cv_t<Plain>>) {
    return !std::is_const_v<std::remove_pointer_t<std::remove_cv_t<Plain>>>;
  } else if constexpr (Sequence<std::remove_cv_t<Plain>>) {
    return !std::is_const_v<std::remove_reference_t<std::ranges::range_reference_t<Plain&>>>;
  } else if constexpr (requires { typename Plain::element_type; }) {
    return !std::is_const_v<typename Plain::element_type>;
  } else if constexpr (requires { typename Plain::value_type; }) {
    return !std::is_const_v<typename Plain::value_type>;
  } else {
    return true;
  }
}

/// A value of an attribute as T: int64, double, float, bool, text, and lists of int32, int64, double, float, text.
/// \throws Error type_mismatch
template <class T>
T attribute_as(const AttributeValue& value, const std::string& what);
}  // namespace detail

/// Memory that is read into, made by into().
template <class T>
struct Target {
  ArrayRef<T> array;  ///< its elements may be written to

  /// The same memory with `width` ghost layers on both sides of every axis, which stay as they are. To have them filled
  /// ask for the larger box instead.
  Target with_halo(std::int64_t width) const {
    return with_halo(Halo{Index::filled(1, width), Index::filled(1, width)});
  }
  /// The same with layers per axis and side.
  Target with_halo(const Halo& halo) const { return {array.with_halo(halo)}; }
};

namespace detail {
template <class T>
inline constexpr bool is_target_v = false;
template <class T>
inline constexpr bool is_target_v<Target<T>> = true;
}  // namespace detail

/// Memory that StoredStep::get fills: a pointer, a contiguous container, an mdspan, which all stay valid until read();
/// a Kokkos view in any layout and memory space, which is kept until then.
template <class Source>
auto into(Source&& source) {
  static_assert(detail::is_writable_target<Source>(),
                "this memory is const: reading needs elements that can be written to");
  static_assert(std::is_lvalue_reference_v<Source> || !detail::Owning<std::remove_cvref_t<Source>>,
                "a temporary container is gone before read() fills it: give it a name");
  static_assert(!detail::is_component_arrays_v<std::remove_cvref_t<Source>>,
                "to read into an array for each component write into_components(u, v, w)");
  return Target{ArrayRef(detail::seen(source))};
}
/// The same with extents and strides in elements, of the box, then of the components. Example: every second element of
/// an array of structures.
template <class T>
Target<T> into(T* data, const Index& extents, const Index& strides) {
  return {ArrayRef<T>(data, extents, strides)};
}
/// Memory for the components of a field, one array each, made by into_components().
template <class T>
struct ComponentTargets {
  ComponentArrays<T> arrays;  ///< their elements may be written to
};
namespace detail {
template <class T>
inline constexpr bool is_target_v<ComponentTargets<T>> = true;

template <class Source>
auto array_of_target(Source&& source) {
  if constexpr (is_target_v<std::remove_cvref_t<Source>>) {
    return source.array;
  } else {
    return into(std::forward<Source>(source)).array;
  }
}
}  // namespace detail
/// Separate arrays that StoredStep::get fills with the components of a field, as many as it has, in their order: each
/// what into() takes, or its result: `get("velocity", box, into_components(u, v, into(w).with_halo(1)))`.
template <class... Sources>
auto into_components(Sources&&... sources) {
  auto arrays = components(detail::array_of_target(std::forward<Sources>(sources))...);
  using Element = std::remove_cvref_t<decltype(*arrays.arrays().front().data())>;
  return ComponentTargets<Element>{std::move(arrays)};
}
/// What is known of a field in a file.
struct FieldInfo {
  std::string name;  ///< of its dataset
  /// Its shape and coordinates are those of the field's own points or cells: uniform where all axes are (up to
  /// rounding), else per axis.
  Grid grid;
  std::int64_t components = 1;               ///< values per point or cell
  std::vector<std::string> component_names;  ///< one each, where they have names
  DataType type = DataType::float64;         ///< as stored
  bool time_dependent = true;                ///< whether it has steps
  std::int64_t steps = 0;                    ///< of a time-dependent field: how many (StoredRun::steps_of)
  std::string unit;                          ///< empty: none
  std::string long_name;                     ///< empty: none
  Attributes attributes;                     ///< the others, in their order
  Index chunk;                               ///< of the grid; empty where it is stored in one piece
  std::string time_axis = "time";            ///< that its steps lie on (FieldOptions::time_axis)
  std::vector<TensorAxis> tensor_axes = {};  ///< two, each with its length, where the components have two axes
};

/// Options of StoredStep::get.
struct GetOptions {
  /// Indices of the periodic axes: along these a box may reach beyond both ends and wraps around, any number of times.
  /// Example: `{.periodic = {0, 2}}`.
  Index periodic = {};
};

/// One step of a run, or its static fields: boxes are asked for, then read together. Move-only.
class StoredStep {
 public:
  StoredStep(StoredStep&&) noexcept;             ///< The other one is empty afterwards.
  StoredStep& operator=(StoredStep&&) noexcept;  ///< Forgets what this one asked for.
  ~StoredStep();

  /// Asks for a box of a field; any number of boxes per rank, or none; they may overlap, so ghost layers are filled by
  /// asking for the larger box. Local: errors are thrown by read() on all ranks.
  ///
  /// \param field its name; \param box in global indices; \param options along which axes it may wrap around
  /// \param target where it goes: memory of the field's type, or double of float and float of double; complex numbers
  ///        take the two components of a field
  template <class Memory>
    requires(!detail::is_target_v<std::remove_cvref_t<Memory>>)
  void get(const std::string& field, const Box& box, Memory&& target, const GetOptions& options = {}) {
    get_any(field, box, untyped(into(std::forward<Memory>(target))), options);
  }
  /// The same into memory with strides or ghost layers.
  template <class T>
  void get(const std::string& field, const Box& box, const Target<T>& target, const GetOptions& options = {}) {
    get_any(field, box, untyped(target), options);
  }

  /// The same into an array for each component.
  template <class T>
  void get(const std::string& field, const Box& box, const ComponentTargets<T>& targets,
           const GetOptions& options = {}) {
    get_any(field, box, detail::any_values<T>(targets.arrays), options);
  }

  /// Asks for single values of a field with one axis, by index, in this order: for a field on a mesh with ids, those of
  /// the nodes or cells with these ids. Several ranks may ask for the same. Local, as above.
  ///
  /// read() then reads the whole field, each rank a part of it, and distributes the values: meant for reads that want
  /// most of the field, all ranks together. read_alone() refuses it.
  template <class Memory>
    requires(!detail::is_target_v<std::remove_cvref_t<Memory>>)
  void get_at(const std::string& field, const Integers& places, Memory&& target) {
    get_places(field, places, untyped(into(std::forward<Memory>(target))));
  }
  /// The same into memory with strides.
  template <class T>
  void get_at(const std::string& field, const Integers& places, const Target<T>& target) {
    get_places(field, places, untyped(target));
  }

  /// How many rows a table has in this step (Run::table). Of its columns get() takes boxes of one axis, and get_at()
  /// places, that count the rows of the step from 0; StoredRun::statics has those of all steps. \throws Error not_found
  std::int64_t rows(const std::string& table) const;
  /// The rows of this rank, where all share them: `{{first}, {last + 1}}`, those of rank 0 first. \throws Error
  /// not_found
  Box share(const std::string& table) const;
  /// Where in this step's rows a column of integers has these values, for get_at(): the rows of particles by their ids.
  /// Collective; each rank asks for values of its own, or for none. As many places as values, in the same order: -1
  /// where no row has the value, the first row where several have. Reads the column once, each rank its share.
  /// \throws Error not_found, type_mismatch (not a column of integers), and what read() throws
  std::vector<std::int64_t> find_rows(const std::string& column, const Integers& values);

  /// Fills all that was asked for. Collective. When it throws, the memory's content is not defined; get() and read()
  /// can be called again.
  void read();

  /// Fills what this rank asked for without the others; this rank reads the file's metadata itself. For a probe that
  /// one rank wants on its own. Local: throws on this rank alone. Where many ranks read at once use read().
  void read_alone();

  std::int64_t number() const;  ///< of the step in its run, from 0; -1 for static fields
  double time() const;          ///< of the step; NaN for static fields

 private:
  friend class StoredRun;
  friend class RefinedStep;
  StoredStep(std::shared_ptr<detail::ReaderState> state, std::unique_ptr<detail::ReadStep> step);
  template <class T>
  static detail::AnyArray untyped(const Target<T>& target) {
    if constexpr (!detail::is_complex_v<T>) detail::require_element<T>();
    return detail::any_values<T>(target.array);
  }
  void get_any(const std::string& field, const Box& box, detail::AnyArray target, const GetOptions& options);
  void get_places(const std::string& field, const Integers& places, detail::AnyArray target);
  void note(Error error);
  std::shared_ptr<detail::ReaderState> state_;
  std::unique_ptr<detail::ReadStep> step_;
};

/// A run in a file: a group with its parameters. A handle, copied freely. All calls are local and throw on this rank
/// alone; ranks that ask the same get the same.
class StoredRun {
 public:
  const std::string& name() const;                    ///< "/" for the root group
  const Attributes& attributes() const;               ///< all parameters, in their order
  bool has_attribute(const std::string& name) const;  ///< whether there is one
  /// A parameter. T: a number, bool, std::string, or a std::vector of these. Integers may become floating-point numbers
  /// where no digit is lost.
  /// \throws Error not_found, type_mismatch
  template <class T>
  T attribute(const std::string& name) const {
    const std::string what = "attribute '" + name + "' of run '" + this->name() + "'";
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      const auto value = detail::attribute_as<std::int64_t>(value_of(name), what);
      if (!std::in_range<T>(value))
        throw Error(ErrorCode::type_mismatch, "the " + what + " is beyond the type that was asked for");
      return static_cast<T>(value);
    } else {
      return detail::attribute_as<T>(value_of(name), what);
    }
  }

  std::int64_t steps() const;                ///< how many steps it has
  const std::vector<double>& times() const;  ///< of the steps
  const std::string& time_unit() const;      ///< of times(); empty: none

  std::vector<std::string> fields() const;         ///< names
  bool has_field(const std::string& name) const;   ///< whether there is one
  FieldInfo field(const std::string& name) const;  ///< \throws Error not_found
  /// Minimum, maximum, mean and the like of a field at each step, as the writer has kept them (Options::statistics);
  /// empty where it has none. Reads a few bytes of the file. Of a field on a time axis of its own at each of its steps
  /// (steps_of()). \throws Error not_found, and what reading may throw
  FieldStatistics statistics(const std::string& field) const;
  std::vector<std::string> tables() const;   ///< names
  std::vector<std::string> scalars() const;  ///< names
  /// One value per step, or of a scalar on a time axis of its own for each of steps_of(). \throws Error not_found
  const std::vector<double>& scalar(const std::string& name) const;

  /// The numbers of the steps that a field or scalar has, ascending: all of the run, or those of its time axis
  /// (FieldOptions::time_axis). `step(steps_of("u").back())` is the last one with `u`; times() has their times. Of a
  /// static field none. \throws Error not_found
  std::vector<std::int64_t> steps_of(const std::string& name) const;

  /// A step by its number; from the end where it is negative: -1 is the last. \throws Error not_found
  StoredStep step(std::int64_t number) const;
  StoredStep last() const { return step(-1); }  ///< The last step.
  /// The step nearest to a time, at most `tolerance` away. \throws Error not_found, which names the nearest
  StoredStep at_time(double time, double tolerance) const;
  /// The fields without time.
  StoredStep statics() const;

 private:
  friend class Reader;
  StoredRun(std::shared_ptr<detail::ReaderState> state, std::size_t number);
  const AttributeValue& value_of(const std::string& name) const;
  std::shared_ptr<detail::ReaderState> state_;
  std::size_t number_ = 0;
};

/// Options of a Reader.
struct ReaderOptions {
  /// Bytes that a rank may use beyond the caller's arrays; 0: a quarter of what it asks for, at least 64 MiB. Less than
  /// a few chunks is not possible.
  std::size_t memory_budget = 0;
  /// Threads per rank that decode, with the one that reads; 0: as Options::threads.
  std::size_t threads = 0;
  /// As Options::rank_timeout.
  double rank_timeout = 0;
};

/// A file that is read by all ranks of a communicator: one of ours, finished, killed, or being written by another job,
/// or any HDF5 file with the same layout (FORMAT.md). What was committed when it was opened, or at the last refresh(),
/// is what it shows.
class Reader {
 public:
  /// Opens the file. Collective: rank 0 reads what is in it and tells the others.
  /// \throws Error storage, hdf5, ranks_disagree
  Reader(MPI_Comm communicator, const std::string& path, const ReaderOptions& options = {});
  Reader(Reader&&) noexcept;             ///< The other one is empty afterwards.
  Reader& operator=(Reader&&) noexcept;  ///< Closes what this one held.
  ~Reader();

  std::vector<std::string> runs() const;         ///< Names of the groups, "/" first. Local.
  bool has_run(const std::string& name) const;   ///< Local.
  StoredRun run(const std::string& name) const;  ///< Local. \throws Error not_found
  StoredRun root() const { return run("/"); }    ///< The root group. Local.

  /// Takes in what was committed since, new runs and fields too. Handles stay valid; references that they returned
  /// (times()) do not. Collective. \returns whether there is anything new
  bool refresh() { return wait(0); }
  /// The same, waiting until there is something new, for at most `seconds`. Ranks sleep meanwhile. Collective.
  bool wait(double seconds);

  /// Ends the reader. Collective. The destructor does the same without waiting for anybody.
  void close();

 private:
  std::shared_ptr<detail::ReaderState> state_;
};

}  // namespace tessera
