#include "tools/refs/zarr_array.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <variant>

#include "base/visit_element.hpp"

namespace tessera::tools {

namespace {

using Json = nlohmann::ordered_json;
using Storage = hdf5::SurveyedDataset::Storage;

constexpr int deflate = 1;
constexpr int shuffle = 2;
constexpr int fletcher32 = 3;

/// NumPy's name of the type: "<f8".
std::string type_name(const hdf5::SurveyedDataset& dataset) {
  const detail::ElementType& element = detail::element_type(*dataset.element);
  const char* order = element.bytes == 1 ? "|" : dataset.is_big_endian ? ">" : "<";
  const char* kind = element.is_floating ? "f" : element.is_signed ? "i" : "u";
  return order + std::string(kind) + std::to_string(element.bytes);
}

template <class T>
T value_of(const std::vector<std::byte>& bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), std::min(sizeof value, bytes.size()));
  return value;
}

template <class T>
Json number(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  }
  return value;
}

Json fill_of(DataType type, const std::vector<std::byte>& bytes) {
  return visit_element(type, [&]<class T>(std::type_identity<T>) { return number(arithmetic(value_of<T>(bytes))); });
}

Json filter_of(const Filter& filter, std::size_t element_bytes) {
  const unsigned parameter = filter.parameters.empty() ? 0 : filter.parameters[0];
  if (filter.number == deflate) return {{"id", "zlib"}, {"level", parameter}};
  if (filter.number == fletcher32) return {{"id", "fletcher32"}};
  return {{"id", "shuffle"}, {"elementsize", parameter > 0 ? parameter : element_bytes}};
}

}  // namespace

std::string why_not_zarr(const hdf5::SurveyedDataset& dataset) {
  if (!dataset.element) return "its elements are no numbers";
  if (*dataset.element == DataType::bfloat16) return "Zarr has no type for its elements, bfloat16";
  if (dataset.storage == Storage::elsewhere || dataset.storage == Storage::in_parts)
    return "its values lie in other files";
  if (dataset.grid.extents.empty()) return "it has no axes";
  if (dataset.has_partial_unfiltered) return "its chunks at the edges pass no filter";
  for (const Filter& filter : dataset.filters) {
    if (filter.number < deflate || filter.number > fletcher32) {
      return "it has the filter " + std::to_string(filter.number);
    }
  }
  const auto skips = [](const hdf5::PlacedChunk& chunk) { return chunk.mask != 0; };
  if (std::ranges::any_of(dataset.index.chunks, skips)) return "some of its chunks skip a filter";
  return {};
}

Json zarr_array(const hdf5::SurveyedDataset& dataset) {
  Json filters = Json::array();
  for (const Filter& filter : dataset.filters) filters.push_back(filter_of(filter, dataset.grid.element_bytes));
  Json compressor = nullptr;
  if (!dataset.filters.empty() && dataset.filters.back().number == deflate) {
    compressor = filters.back();
    filters.erase(filters.size() - 1);
  }
  // A value here makes xarray hide all cells that have it, so it is there only where it is needed.
  const bool is_whole = dataset.storage != Storage::chunked || dataset.index.chunks.size() == dataset.grid.count();
  const bool has_fill = dataset.is_filled || !is_whole;
  std::vector<hsize_t> chunk = dataset.grid.chunk.empty() ? dataset.grid.extents : dataset.grid.chunk;
  for (hsize_t& extent : chunk) extent = std::max<hsize_t>(extent, 1);
  return {{"chunks", chunk},
          {"compressor", std::move(compressor)},
          {"dtype", type_name(dataset)},
          {"fill_value", has_fill ? fill_of(*dataset.element, dataset.fill) : Json(nullptr)},
          {"filters", filters.empty() ? Json(nullptr) : std::move(filters)},
          {"order", "C"},
          {"shape", dataset.grid.extents},
          {"zarr_format", 2}};
}

Json zarr_attributes(const Attributes& attributes) {
  Json result = Json::object();
  for (const Attribute& one : attributes) {
    std::visit([&](const auto& value) { result[one.name] = value; }, one.value.storage());
  }
  return result;
}

}  // namespace tessera::tools
