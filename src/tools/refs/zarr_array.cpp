#include "tools/refs/zarr_array.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <variant>

namespace tessera::tools {

namespace {

using Json = nlohmann::ordered_json;
using Storage = hdf5::SurveyedDataset::Storage;

constexpr int deflate = 1;
constexpr int shuffle = 2;
constexpr int fletcher32 = 3;

bool is_floating(DataType type) noexcept { return type == DataType::float32 || type == DataType::float64; }

/// NumPy's name of the type: "<f8".
std::string type_name(const hdf5::SurveyedDataset& dataset) {
  const DataType type = *dataset.element;
  const bool is_unsigned =
      type == DataType::uint8 || type == DataType::uint16 || type == DataType::uint32 || type == DataType::uint64;
  const std::size_t bytes = size_of(type);
  const char* order = bytes == 1 ? "|" : dataset.is_big_endian ? ">" : "<";
  return order + std::string(is_floating(type) ? "f" : is_unsigned ? "u" : "i") + std::to_string(bytes);
}

template <class T>
T value_of(const std::vector<std::byte>& bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), std::min(sizeof value, bytes.size()));
  return value;
}

template <class T>
Json floating(T value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

Json fill_of(DataType type, const std::vector<std::byte>& bytes) {
  switch (type) {
    case DataType::int8: return value_of<std::int8_t>(bytes);
    case DataType::int16: return value_of<std::int16_t>(bytes);
    case DataType::int32: return value_of<std::int32_t>(bytes);
    case DataType::int64: return value_of<std::int64_t>(bytes);
    case DataType::uint8: return value_of<std::uint8_t>(bytes);
    case DataType::uint16: return value_of<std::uint16_t>(bytes);
    case DataType::uint32: return value_of<std::uint32_t>(bytes);
    case DataType::uint64: return value_of<std::uint64_t>(bytes);
    case DataType::float32: return floating(value_of<float>(bytes));
    case DataType::float64: return floating(value_of<double>(bytes));
  }
  return nullptr;
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
  if (dataset.storage == Storage::elsewhere) return "its values lie in other files";
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
