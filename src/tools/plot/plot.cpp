#include "tools/plot/plot.hpp"

#include <nlohmann/json.hpp>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "tools/common/find.hpp"
#include "tools/common/input.hpp"
#include "tools/common/json.hpp"
#include "tools/common/number.hpp"
#include "tools/common/terminal.hpp"
#include "tools/plot/blocks.hpp"
#include "tools/plot/image.hpp"
#include "tools/plot/slice.hpp"

namespace tessera::tools {

namespace {

Slice slice_of(const PlotRequest& request) {
  hdf5::InputFile file = open_input(request.file);
  const schema::Contents contents =
      file.contents([&](const std::string& group) { return leads_to(group, request.name); });
  const Found found = find(contents, request.name);
  if (found.field != nullptr) return cut(file, *found.run, *found.field, request.selection, request.component);
  if (found.scalar != nullptr) return series(*found.run, *found.scalar);
  throw Error(ErrorCode::invalid_argument,
              in_quotes(request.name) + " is no field and no scalar; tessera ls shows them");
}

double bound(const std::string& text, double otherwise) {
  if (text.empty()) return otherwise;
  const auto value = number_of(text);
  if (!value) throw Error(ErrorCode::invalid_argument, in_quotes(text) + " is no number, for --range; example: 0:1");
  return *value;
}

ValueRange shown_range(const PlotRequest& request, const Slice& slice) {
  ValueRange range = range_of(slice.values).value_or(ValueRange{});
  if (request.range.empty()) return range;
  const std::size_t colon = request.range.find(':');
  if (colon == request.range.npos) {
    throw Error(ErrorCode::invalid_argument, in_quotes(request.range) + " is no range; example: 0:1");
  }
  range.least = bound(request.range.substr(0, colon), range.least);
  range.most = bound(request.range.substr(colon + 1), range.most);
  return range;
}

Json axis_json(const PlotAxis& axis) {
  return {{"name", axis.name}, {"unit", axis.unit}, {"first", axis.places.front()}, {"last", axis.places.back()}};
}

Json about(const PlotRequest& request, const Slice& slice, const ValueRange& range) {
  Json json{{"file", request.file}, {"caption", slice.caption}};
  json["across"] = axis_json(slice.across);
  json["up"] = slice.up ? axis_json(*slice.up) : Json();
  json["range"] = {range.least, range.most};
  json["output"] = request.output.empty() ? Json() : Json(request.output);
  return json;
}

std::string axis_words(const PlotAxis& axis) {
  return axis.name + " from " + rounded(axis.places.front()) + " to " + rounded(axis.places.back()) +
         (axis.unit.empty() ? "" : " " + axis.unit);
}

}  // namespace

void plot(const PlotRequest& request) {
  const Slice slice = slice_of(request);
  const ValueRange range = shown_range(request, slice);
  if (!request.output.empty()) write_png(request.output, image_of(slice, range, request.size));
  if (request.json) return print(json_text(about(request, slice, range)));
  if (request.output.empty()) return print(blocks_text(slice, range, standard_output()));
  print(request.output + ": " + slice.caption + "; " + axis_words(slice.across) +
        (slice.up ? ", up: " + axis_words(*slice.up) : "") + "; values from " + rounded(range.least) + " to " +
        rounded(range.most) + "\n");
}

}  // namespace tessera::tools
