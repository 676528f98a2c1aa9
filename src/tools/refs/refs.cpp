#include "tools/refs/refs.hpp"

#include <array>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include <tessera/error.hpp>

#include "hdf5/survey.hpp"
#include "tools/common/json.hpp"
#include "tools/refs/output.hpp"
#include "tools/refs/zarr_array.hpp"

namespace tessera::tools {

namespace {

using hdf5::SurveyedDataset;
using Names = std::vector<std::string>;

/// The names of datasets' axes, by their paths.
std::map<std::string, Names> axis_names(const schema::Contents& contents) {
  std::map<std::string, Names> result;
  for (const schema::StoredRun& run : contents.runs) {
    const std::string prefix = run.run.path == "/" ? "/" : run.run.path + "/";
    for (const schema::StoredField& stored : run.fields) {
      Names names;
      if (stored.field.time_dependent) names.push_back(stored.field.time_axis);
      for (const schema::Axis& axis : stored.field.axes) names.push_back(axis.name);
      for (const schema::Axis& axis : stored.field.component_axes()) names.push_back(axis.name);
      result.emplace(stored.field.path, std::move(names));
    }
    for (const schema::StoredScalar& scalar : run.scalars) {
      result.emplace(prefix + scalar.name, Names{scalar.options.time_axis});
    }
  }
  return result;
}

/// Every axis has to have a name for xarray.
Names names_for(const SurveyedDataset& dataset, const std::map<std::string, Names>& known) {
  const auto found = known.find(dataset.path);
  Names names = found != known.end() ? found->second : Names{};
  if (dataset.is_scale && dataset.grid.extents.size() == 1) names = {dataset.path.substr(dataset.path.rfind('/') + 1)};
  names.resize(dataset.grid.extents.size());
  for (std::size_t axis = 0; axis < names.size(); ++axis) {
    if (names[axis].empty()) names[axis] = "phony_dim_" + std::to_string(axis);
  }
  return names;
}

std::string base64(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text = "base64:";
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      word = word << 8 | (at + i < bytes.size() ? std::to_integer<std::uint32_t>(bytes[at + i]) : 0);
    }
    for (std::size_t i = 0; i < 4; ++i) text += at + i <= bytes.size() ? digits[word >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

class RefsWriter {
 public:
  RefsWriter(const hdf5::Survey& survey, TextOutput& out, RefsReport& report)
      : survey_(survey), out_(out), report_(report), axes_(axis_names(survey.contents())) {}

  void write(const std::string& url) {
    out_.add("{\n\"version\": 1,\n\"templates\": {\"u\": " + quoted(url) + "},\n\"refs\": {\n");
    for (const hdf5::SurveyedGroup& group : survey_.groups()) {
      const std::string prefix = group.path == "/" ? "" : group.path.substr(1) + "/";
      add_text(prefix + ".zgroup", R"({"zarr_format":2})");
      add_text(prefix + ".zattrs", json_text(zarr_attributes(group.attributes), -1));
    }
    for (const SurveyedDataset& dataset : survey_.datasets()) {
      if (!dataset.is_dimension_only) write(dataset);
    }
    out_.add("\n}\n}\n");
  }

 private:
  static std::string quoted(const std::string& text) {
    std::string quoted = json_text(Json(text), -1);
    quoted.pop_back();  // the line break
    return quoted;
  }

  void begin() { out_.add(std::exchange(is_first_, false) ? "" : ",\n"); }

  void add_text(const std::string& key, std::string text) {
    if (text.ends_with('\n')) text.pop_back();
    begin();
    out_.add(quoted(key) + ": " + quoted(text));
  }

  void write(const SurveyedDataset& dataset) {
    if (const std::string reason = why_not_zarr(dataset); !reason.empty()) {
      report_.left_out.push_back(dataset.path + ": " + reason);
      return;
    }
    ++report_.arrays;
    const std::string prefix = dataset.path.substr(1) + "/";
    add_text(prefix + ".zarray", json_text(zarr_array(dataset), -1));
    Json attributes = zarr_attributes(dataset.attributes);
    attributes["_ARRAY_DIMENSIONS"] = names_for(dataset, axes_);
    add_text(prefix + ".zattrs", json_text(attributes, -1));
    std::string key = quoted(prefix);
    key.pop_back();  // the quote at the end
    if (!dataset.grid.chunk.empty()) return write_chunks(dataset, key);
    std::string number;
    for (std::size_t axis = 0; axis < dataset.grid.extents.size(); ++axis) number += axis == 0 ? "0" : ".0";
    if (dataset.storage == SurveyedDataset::Storage::contiguous) {
      if (dataset.bytes.size > 0) write_place(key + number, dataset.bytes.begin, dataset.bytes.size);
    } else if (const auto elements = survey_.elements(dataset); !elements.empty()) {
      begin();
      out_.add(key + number + "\": \"" + base64(elements) + "\"");
    }
  }

  /// The numbers of a chunk count up, the last axis fastest.
  void write_chunks(const SurveyedDataset& dataset, const std::string& key) {
    const std::vector<std::uint64_t> counts = dataset.grid.counts();
    std::array<std::uint64_t, H5S_MAX_RANK> scaled{};
    for (const hdf5::PlacedChunk& chunk : dataset.index.chunks) {
      std::uint64_t rest = chunk.index;
      for (std::size_t axis = counts.size(); axis-- > 0; rest /= counts[axis]) scaled[axis] = rest % counts[axis];
      begin();
      out_.add(key);
      for (std::size_t axis = 0; axis < counts.size(); ++axis) {
        if (axis > 0) out_.add(".");
        out_.add(scaled[axis]);
      }
      add_place(chunk.address, chunk.size);
    }
    report_.chunks += dataset.index.chunks.size();
  }

  void write_place(const std::string& key, std::uint64_t address, std::uint64_t size) {
    begin();
    out_.add(key);
    add_place(address, size);
    ++report_.chunks;
  }

  void add_place(std::uint64_t address, std::uint64_t size) {
    out_.add("\": [\"{{u}}\", ");
    out_.add(address);
    out_.add(", ");
    out_.add(size);
    out_.add("]");
  }

  const hdf5::Survey& survey_;
  TextOutput& out_;
  RefsReport& report_;
  std::map<std::string, Names> axes_;
  bool is_first_ = true;
};

}  // namespace

RefsReport write_refs(const std::string& path, const std::string& out, const RefsOptions& options) {
  hdf5::Survey survey(path);
  survey.read();
  if (!survey.errors().empty()) {
    const hdf5::SurveyError& first = survey.errors().front();
    throw Error(ErrorCode::hdf5, first.path + " cannot be read: " + first.text + "; 'tessera verify' tells more");
  }
  RefsReport report;
  TextOutput output(out);
  const std::string url = options.url.empty() ? std::filesystem::absolute(path).string() : options.url;
  RefsWriter(survey, output, report).write(url);
  output.finish();
  return report;
}

}  // namespace tessera::tools
