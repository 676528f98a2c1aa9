#include "schema/contents.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/stored_count.hpp"

namespace tessera::schema {

namespace {

template <class T, class Range>
const T* find(const Range& range, std::string_view name, auto&& name_of) noexcept {
  const auto found = std::ranges::find(range, name, name_of);
  return found == range.end() ? nullptr : &*found;
}

/// Appends values to a text.
class Output {
 public:
  template <class T>
    requires std::is_trivially_copyable_v<T>
  void operator()(T& value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void operator()(std::string& text) { list(text); }
  template <class T>
  void operator()(std::vector<T>& values) {
    list(values);
  }
  void operator()(AttributeValue& value) {
    std::size_t kind = value.storage().index();
    (*this)(kind);
    AttributeValue::Storage storage = value.storage();
    std::visit([this](auto& one) { (*this)(one); }, storage);
  }
  void operator()(std::vector<bool>& values) {
    std::vector<std::int8_t> bytes(values.begin(), values.end());
    list(bytes);
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    bool is_there = value.has_value();
    (*this)(is_there);
    if (value) (*this)(*value);
  }
  void operator()(SharedValues& values) {
    bool is_there = values != nullptr;
    (*this)(is_there);
    if (!is_there) return;
    std::vector<double> copy = *values;
    (*this)(copy);
  }
  std::string take() { return std::move(bytes_); }

 private:
  template <class List>
  void list(List& values) {
    std::size_t count = values.size();
    (*this)(count);
    for (auto& value : values) each_member(*this, value);
  }
  std::string bytes_;
};

/// Takes them from it in the same order.
class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
    requires std::is_trivially_copyable_v<T>
  void operator()(T& value) {
    if (bytes_.size() < sizeof value) throw Error(ErrorCode::internal, "the contents of a file arrived truncated");
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
  }
  void operator()(std::string& text) { list(text); }
  template <class T>
  void operator()(std::vector<T>& values) {
    list(values);
  }
  void operator()(std::vector<bool>& values) {
    std::vector<std::int8_t> bytes;
    list(bytes);
    values.assign(bytes.begin(), bytes.end());
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    bool is_there = false;
    (*this)(is_there);
    if (is_there) (*this)(value.emplace());
  }
  void operator()(SharedValues& values) {
    bool is_there = false;
    (*this)(is_there);
    if (!is_there) return;
    std::vector<double> received;
    (*this)(received);
    values = std::make_shared<const std::vector<double>>(std::move(received));
  }
  void operator()(AttributeValue& value) {
    std::size_t kind = 0;
    (*this)(kind);
    value = of_kind(kind, std::make_index_sequence<std::variant_size_v<AttributeValue::Storage>>());
  }

 private:
  /// Every element takes a byte at least: a count that is wrong asks for no more memory than there are bytes.
  template <class List>
  void list(List& values) {
    std::size_t count = 0;
    (*this)(count);
    if (count > bytes_.size()) throw Error(ErrorCode::internal, "the contents of a file arrived truncated");
    values.clear();
    values.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      typename List::value_type value = made<typename List::value_type>();
      each_member(*this, value);
      values.push_back(std::move(value));
    }
  }
  template <class T>
  static T made() {
    if constexpr (std::is_same_v<T, Attribute>) {
      return {"", 0};
    } else {
      return T{};
    }
  }
  template <std::size_t... kinds>
  AttributeValue of_kind(std::size_t kind, std::index_sequence<kinds...>) {
    AttributeValue value(0);
    const auto take = [&](auto stored) {
      (*this)(stored);
      value = AttributeValue(std::move(stored));
    };
    ((kind == kinds ? take(std::variant_alternative_t<kinds, AttributeValue::Storage>{}) : void()), ...);
    return value;
  }
  std::string_view bytes_;
};

/// The members of each structure, in one order for both directions.
template <class Archive, class T>
void each_member(Archive& archive, T& value) {
  archive(value);
}
template <class Archive>
void each_member(Archive& archive, Attribute& one) {
  archive(one.name), archive(one.value);
}
template <class Archive>
void each_member(Archive& archive, Axis& one) {
  archive(one.name), archive(one.length), archive(one.origin), archive(one.spacing), archive(one.shift),
      archive(one.unit);
  archive(one.attributes), archive(one.has_coordinates), archive(one.grows), archive(one.values), archive(one.edges),
      archive(one.texts);
}
template <class Archive>
void each_member(Archive& archive, TensorAxis& one) {
  archive(one.name), archive(one.names), archive(one.length);
}
template <class Archive>
void each_member(Archive& archive, Filter& one) {
  archive(one.number), archive(one.parameters);
}
template <class Archive>
void each_member(Archive& archive, StoredField& one) {
  Field& field = one.field;
  archive(field.name), archive(field.run), archive(field.path), archive(field.given), archive(field.stored);
  archive(field.axes), archive(field.table), archive(field.chunk_steps), archive(one.steps);
  archive(one.storage.is_plain), archive(one.storage.filters), archive(one.storage.fill);
  FieldOptions<detail::ElementBytes>& options = field;
  std::apply([&](auto&... option) { (archive(option), ...); }, detail::each_option(options));
}
template <class Archive>
void each_member(Archive& archive, StoredScalar& one) {
  archive(one.name), archive(one.options.unit), archive(one.options.long_name), archive(one.options.time_axis);
  archive(one.values);
  archive(one.table), archive(one.mesh), archive(one.is_integer);
}
template <class Archive>
void each_member(Archive& archive, StoredTable& one) {
  archive(one.name), archive(one.options.position), archive(one.options.chunk_rows);
}
template <class Archive>
void each_member(Archive& archive, StoredMapping& one) {
  archive(one.name), archive(one.attributes);
}
template <class Archive>
void each_member(Archive& archive, StatisticsTable& one) {
  archive(one.path), archive(one.has_time), archive(one.fields), archive(one.entries), archive(one.time_axis);
}
template <class Archive>
void each_member(Archive& archive, TimeAxis& one) {
  archive(one.name), archive(one.times);
}
template <class Archive>
void each_member(Archive& archive, StoredRun& one) {
  archive(one.run.name), archive(one.run.path), archive(one.run.options.time_unit);
  archive(one.run.options.time_attributes), archive(one.attributes), archive(one.has_time), archive(one.times);
  archive(one.time_axes), archive(one.fields), archive(one.scalars), archive(one.tables), archive(one.mappings);
  archive(one.statistics), archive(one.others), archive(one.obstacle);
}

}  // namespace

const StoredField* StoredRun::field(std::string_view name) const noexcept {
  return find<StoredField>(fields, name, [](const StoredField& one) -> const std::string& { return one.field.name; });
}

const StoredScalar* StoredRun::scalar(std::string_view name) const noexcept {
  return find<StoredScalar>(scalars, name, &StoredScalar::name);
}

const StoredTable* StoredRun::table(std::string_view name) const noexcept {
  return find<StoredTable>(tables, name, &StoredTable::name);
}

const StoredMapping* StoredRun::mapping(std::string_view name) const noexcept {
  return find<StoredMapping>(mappings, name, &StoredMapping::name);
}

namespace {

std::vector<std::int64_t> integers(const StoredRun& run, const std::string& name) {
  std::vector<std::int64_t> result;
  for (const double value : run.scalar(name)->values) result.push_back(stored_count(value));
  return result;
}

}  // namespace

std::vector<std::int64_t> versions_of(const StoredRun& run, const std::string& mesh) {
  const auto found = std::ranges::find(run.scalars, mesh, &StoredScalar::mesh);
  return found == run.scalars.end() ? std::vector<std::int64_t>() : integers(run, found->name);
}

RowSeries row_series_of(const StoredRun& run, const std::string& table) {
  RowSeries rows{integers(run, begin_name(table)), integers(run, count_name(table))};
  rows.begins.resize(rows.counts.size());
  return rows;
}

const StatisticsTable* StoredRun::statistics_of(std::string_view field) const noexcept {
  const auto found = std::ranges::find_if(statistics, [&](const auto& table) { return table.column_of(field) >= 0; });
  return found == statistics.end() ? nullptr : &*found;
}

std::string StoredRun::described() const { return run.path == "/" ? "the root group" : "run " + in_quotes(run.name); }

bool StoredRun::is_time_axis(std::string_view name) const noexcept {
  return name == time_of_steps ? has_time : find<TimeAxis>(time_axes, name, &TimeAxis::name) != nullptr;
}

const std::vector<double>& StoredRun::times_of(std::string_view time_axis) const noexcept {
  static const std::vector<double> none;
  if (time_axis == time_of_steps) return times;
  const TimeAxis* axis = find<TimeAxis>(time_axes, time_axis, &TimeAxis::name);
  return axis == nullptr ? none : axis->times;
}

std::vector<std::int64_t> StoredRun::steps_of(std::string_view time_axis) const {
  std::vector<std::int64_t> steps;
  for (std::int64_t step = 0; step < std::ssize(times); ++step) {
    if (place_of(time_axis, step)) steps.push_back(step);
  }
  return steps;
}

std::optional<std::int64_t> StoredRun::place_of(std::string_view time_axis, std::int64_t step) const noexcept {
  if (time_axis == time_of_steps) return step;
  if (step < 0 || step >= std::ssize(times)) return std::nullopt;
  return place_of_time(times_of(time_axis), times[static_cast<std::size_t>(step)]);
}

const StoredRun* Contents::run(std::string_view name) const noexcept {
  return find<StoredRun>(runs, name, [](const StoredRun& one) -> const std::string& { return one.run.name; });
}

std::string to_bytes(const Contents& contents) {
  Output output;
  Contents copy = contents;
  output(copy.runs), output(copy.dimensions);
  return output.take();
}

Contents contents_of(std::string_view bytes) {
  Input input(bytes);
  Contents contents;
  input(contents.runs), input(contents.dimensions);
  return contents;
}

}  // namespace tessera::schema
