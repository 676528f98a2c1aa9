#include "tools/show/show.hpp"

#include <nlohmann/json.hpp>

#include <tessera/attribute.hpp>
#include <tessera/error.hpp>

#include "tools/common/attributes_json.hpp"
#include "tools/common/find.hpp"
#include "tools/common/input.hpp"
#include "tools/common/table.hpp"
#include "tools/show/series.hpp"
#include "tools/show/shown.hpp"

namespace tessera::tools {

namespace {

void refuse_selection(const Selection& selection) {
  if (selection.step.empty() && selection.time.empty() && selection.box.empty() && selection.at.empty()) return;
  throw Error(ErrorCode::invalid_argument, "--step, --time, --box and --at are for fields");
}

void print_series(const Series& series, const ShowRequest& request, Json about) {
  switch (request.format) {
    case Format::text: return print(series_text(series, request.full));
    case Format::csv: return print(series_csv(series));
    case Format::json: break;
  }
  about["series"] = series_json(series);
  print(json_text(about));
}

void show_run(const schema::StoredRun& run, const ShowRequest& request) {
  if (request.format == Format::text) {
    std::string text = printable(run.run.path) + "\n";
    for (const Attribute& one : run.attributes) {
      text += "  " + printable(one.name) + " = " + printable(to_string(one.value)) + "\n";
    }
    print(text);
  }
  print_series(series_of(run), request,
               {{"file", request.file}, {"run", run.run.path}, {"parameters", attributes_json(run.attributes)}});
}

void show_axis(hdf5::InputFile& file, const Found& found, const ShowRequest& request) {
  const schema::Axis* axis = axis_named(*found.run, found.axis);
  const bool is_time = found.run->is_time_axis(found.axis);
  Series series{is_time ? "step" : "number", {found.axis}, {}};
  series.columns.push_back(is_time ? found.run->times_of(found.axis)
                                   : coordinates(file, *found.run, *axis, {0, axis->length}));
  Json about{{"file", request.file},
             {"axis", schema::join(found.run->run.path, found.axis)},
             {"unit", is_time ? found.run->run.options.time_unit : axis->unit}};
  if (is_time) {
    const std::vector<std::int64_t> steps = found.run->steps_of(found.axis);
    about["steps"] = steps;
    if (steps.size() == series.columns.front().size()) series.numbers = steps;  // else the file is damaged
  }
  print_series(series, request, std::move(about));
}

void show_field(hdf5::InputFile& file, const Found& found, const ShowRequest& request) {
  const Shown shown = chosen(file, *found.run, *found.field, request.selection);
  switch (request.format) {
    case Format::text: return print_text(file, shown, request.full);
    case Format::csv: return print_csv(file, shown, request.by_number);
    case Format::json: return print_json(file, request.file, shown);
  }
}

}  // namespace

void show(const ShowRequest& request) {
  hdf5::InputFile file = open_input(request.file);
  const schema::Contents contents =
      file.contents([&](const std::string& group) { return leads_to(group, request.name); });
  const Found found = find(contents, request.name);
  if (found.field != nullptr) return show_field(file, found, request);
  refuse_selection(request.selection);
  if (!found.axis.empty()) return show_axis(file, found, request);
  if (found.scalar == nullptr) return show_run(*found.run, request);
  print_series(series_of(*found.run, found.scalar), request,
               {{"file", request.file},
                {"scalar", schema::join(found.run->run.path, found.scalar->name)},
                {"unit", found.scalar->options.unit}});
}

}  // namespace tessera::tools
