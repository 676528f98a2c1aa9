#include <algorithm>
#include <numeric>

#include "tools/common/json.hpp"
#include "tools/common/number.hpp"
#include "tools/common/table.hpp"
#include "tools/show/shown.hpp"
#include "tools/show/values.hpp"

namespace tessera::tools {

namespace {

constexpr std::int64_t gap = -1;  ///< stands for what is left out

/// Numbers from 0 to before `count`; of many the first and the last ones with a gap between them.
std::vector<std::int64_t> few_of(std::int64_t count, std::int64_t most, bool full) {
  std::vector<std::int64_t> numbers;
  if (full || count <= most) {
    numbers.resize(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
  }
  for (std::int64_t i = 0; i < most / 2; ++i) numbers.push_back(i);
  numbers.push_back(gap);
  for (std::int64_t i = count - most / 2; i < count; ++i) numbers.push_back(i);
  return numbers;
}

constexpr std::int64_t most_rows = 40;
constexpr std::int64_t most_columns = 10;
constexpr std::int64_t most_planes = 6;

class TextPrinter {
 public:
  TextPrinter(hdf5::InputFile& file, const Shown& shown, bool full)
      : file_(file), shown_(shown), field_(shown.field->field), full_(full), long_axes_(shown.long_axes()) {}

  void run() {
    print(heading());
    if (long_axes_.empty() && field_.time_dependent) return print_probe();
    for (const std::int64_t step : few_steps()) {
      if (step == gap) {
        print("...\n");
        continue;
      }
      if (field_.time_dependent) {
        print("step " + std::to_string(step) + ", time " + rounded(shown_.time(step), 9) + with_unit(time_unit()) +
              "\n");
      }
      print_step(step);
    }
  }

 private:
  static std::string with_unit(const std::string& unit) { return unit.empty() ? "" : " " + printable(unit); }
  std::string label(std::size_t axis) const { return printable(axis_label(field_, axis)); }
  const std::string& time_unit() const { return shown_.run->run.options.time_unit; }

  std::string place(std::size_t axis, std::int64_t cell) const {
    return label(axis) + " = " + rounded(shown_.coordinates[axis][static_cast<std::size_t>(cell)]) +
           with_unit(field_.axes[axis].unit) + " [" + std::to_string(shown_.box.lower[axis] + cell) + "]";
  }

  /// The field, and where it is shown along the axes that have one cell.
  std::string heading() const {
    std::string text = printable(field_.path) + with_unit(field_.unit);
    for (std::size_t axis = 0; axis < shown_.box.rank(); ++axis) {
      if (shown_.box.upper[axis] - shown_.box.lower[axis] == 1) text += ", " + place(axis, 0);
    }
    return text + "\n";
  }

  std::vector<std::int64_t> few_steps() const {
    std::vector<std::int64_t> steps;
    for (const std::int64_t i : few_of(static_cast<std::int64_t>(shown_.steps.size()), most_planes, full_)) {
      steps.push_back(i == gap ? gap : shown_.steps[static_cast<std::size_t>(i)]);
    }
    return steps;
  }

  std::vector<Table::Column> value_columns() const {
    if (field_.components == 1) return {{printable(field_.name), Table::Align::right}};
    std::vector<Table::Column> columns;
    for (std::int64_t i = 0; i < field_.components; ++i) {
      columns.push_back({"[" + printable(component_label(field_, i)) + "]", Table::Align::right});
    }
    return columns;
  }

  void add_values(std::vector<std::string>& row, const Values& values, std::int64_t cell) const {
    for (std::int64_t i = 0; i < field_.components; ++i) {
      row.push_back(values.short_text(static_cast<std::size_t>(cell * field_.components + i)));
    }
  }

  /// A line for each step.
  void print_probe() {
    std::vector<Table::Column> columns{{"step", Table::Align::right}, {"time", Table::Align::right}};
    std::ranges::copy(value_columns(), std::back_inserter(columns));
    Table table(columns);
    for (const std::int64_t i : few_of(static_cast<std::int64_t>(shown_.steps.size()), most_rows, full_)) {
      if (i == gap) {
        add_gap(table, columns.size());
        continue;
      }
      const std::int64_t step = shown_.steps[static_cast<std::size_t>(i)];
      std::vector<std::string> row{std::to_string(step), rounded(shown_.time(step), 9)};
      add_values(row, read_values(file_, *shown_.field, shown_.place(step), shown_.box), 0);
      table.add(std::move(row));
    }
    print(table.text(2));
  }

  static void add_gap(Table& table, std::size_t columns) {
    std::vector<std::string> row(columns);
    row[0] = "...";
    table.add(std::move(row));
  }

  void print_step(std::int64_t step) {
    if (long_axes_.size() < 2) return print_line(read_values(file_, *shown_.field, shown_.place(step), shown_.box));
    print_planes(step, shown_.box, 0);
  }

  /// A line for each cell along the one long axis, or for the only cell.
  void print_line(const Values& values) {
    const std::size_t axis = long_axes_.empty() ? 0 : long_axes_[0];
    std::vector<Table::Column> columns{{"", Table::Align::right}, {label(axis), Table::Align::right}};
    std::ranges::copy(value_columns(), std::back_inserter(columns));
    Table table(columns);
    for (const std::int64_t cell : few_of(shown_.box.volume(), most_rows, full_)) {
      if (cell == gap) {
        add_gap(table, columns.size());
        continue;
      }
      std::vector<std::string> row{"[" + std::to_string(shown_.box.lower[axis] + cell) + "]",
                                   rounded(shown_.coordinates[axis][static_cast<std::size_t>(cell)])};
      add_values(row, values, cell);
      table.add(std::move(row));
    }
    print(table.text(2));
  }

  /// Planes of the last two long axes, one for each place along the others.
  void print_planes(std::int64_t step, Box box, std::size_t number) {
    if (number + 2 == long_axes_.size()) return print_plane(read_values(file_, *shown_.field, shown_.place(step), box));
    const std::size_t axis = long_axes_[number];
    for (const std::int64_t cell : few_of(shown_.box.upper[axis] - shown_.box.lower[axis], most_planes, full_)) {
      if (cell == gap) {
        print("...\n");
        continue;
      }
      box.lower[axis] = shown_.box.lower[axis] + cell;
      box.upper[axis] = box.lower[axis] + 1;
      print(place(axis, cell) + "\n");
      print_planes(step, box, number + 1);
    }
  }

  void print_plane(const Values& values) {
    const std::size_t down = long_axes_[long_axes_.size() - 2];
    const std::size_t across = long_axes_.back();
    const std::int64_t width = shown_.box.upper[across] - shown_.box.lower[across];
    const std::int64_t height = shown_.box.upper[down] - shown_.box.lower[down];
    const auto cells = few_of(width, most_columns, full_);
    std::vector<Table::Column> columns{{label(down) + " \\ " + label(across), Table::Align::right}};
    for (const std::int64_t cell : cells) {
      columns.push_back({cell == gap ? "..." : rounded(shown_.coordinates[across][static_cast<std::size_t>(cell)]),
                         Table::Align::right});
    }
    for (std::int64_t component = 0; component < field_.components; ++component) {
      if (field_.components > 1) print("component " + printable(component_label(field_, component)) + "\n");
      Table table(columns);
      for (const std::int64_t row : few_of(height, most_rows, full_)) {
        if (row == gap) {
          add_gap(table, columns.size());
          continue;
        }
        std::vector<std::string> texts{rounded(shown_.coordinates[down][static_cast<std::size_t>(row)])};
        for (const std::int64_t cell : cells) {
          const std::int64_t at = (row * width + cell) * field_.components + component;
          texts.push_back(cell == gap ? "..." : values.short_text(static_cast<std::size_t>(at)));
        }
        table.add(std::move(texts));
      }
      print(table.text(2));
    }
  }

  hdf5::InputFile& file_;
  const Shown& shown_;
  const schema::Field& field_;
  bool full_;
  std::vector<std::size_t> long_axes_;
};

}  // namespace

void print_text(hdf5::InputFile& file, const Shown& shown, bool full) { TextPrinter(file, shown, full).run(); }

}  // namespace tessera::tools
