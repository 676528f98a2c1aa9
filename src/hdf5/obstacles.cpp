#include "hdf5/obstacles.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <array>

#include "base/saturate.hpp"
#include "base/text.hpp"
#include "hdf5/check.hpp"
#include "hdf5/chunk_grid.hpp"
#include "hdf5/dimension_scales.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/read_attribute.hpp"
#include "hdf5/read_axis.hpp"
#include "hdf5/read_chunks.hpp"
#include "hdf5/texts.hpp"
#include "schema/limits.hpp"
#include "schema/mesh.hpp"
#include "schema/table.hpp"

namespace tessera::hdf5 {

namespace {

/// How a dataset lies in the file.
struct Layout {
  int rank = 0;
  std::array<hsize_t, H5S_MAX_RANK> now{};
  std::array<hsize_t, H5S_MAX_RANK> most{};
  std::array<hsize_t, H5S_MAX_RANK> chunk{};
  H5D_layout_t kind = H5D_LAYOUT_ERROR;
  unsigned chunk_options = 0;
  int external_files = 0;

  Layout(hid_t dataset, hid_t list, const std::string& about) : kind(H5Pget_layout(list)) {
    check(kind < 0 ? -1 : 0, "H5Pget_layout", about);
    const Handle space(check_id(H5Dget_space(dataset), "H5Dget_space", about), H5Sclose);
    rank = H5Sget_simple_extent_dims(space.get(), now.data(), most.data());
    check(rank, "H5Sget_simple_extent_dims", about);
    external_files = H5Pget_external_count(list);
    check(external_files, "H5Pget_external_count", about);
    if (kind != H5D_CHUNKED) return;
    check(H5Pget_chunk(list, H5S_MAX_RANK, chunk.data()), "H5Pget_chunk", about);
    check(H5Pget_chunk_opts(list, &chunk_options), "H5Pget_chunk_opts", about);
    is_column = rank > 0 && grows(0) && is_column_of_table(dataset, about);
    is_count =
        has_attribute(dataset, about, schema::row_dimension) || has_attribute(dataset, about, schema::version_of);
    is_bare_scale = rank == 1 && H5DSis_scale(dataset) > 0 && is_bare_dimension(dataset, about);
  }

  bool grows(int axis) const { return most[static_cast<std::size_t>(axis)] == H5S_UNLIMITED; }
  bool is_series() const { return rank == 1 && grows(0) && !is_column; }
  bool is_column = false;      ///< of a table
  bool is_count = false;       ///< of one: integers below 2^53
  bool is_bare_scale = false;  ///< a dimension without coordinates
};

/// Small ones are copied as doubles.
bool fits_double(DataType type) {
  const detail::ElementType& element = detail::element_type(type);
  return element.bytes < sizeof(double) || (element.is_floating && element.bytes == sizeof(double));
}

/// Axes, and bounds of their cells.
std::string of_contiguous(hid_t dataset, const Layout& layout, DataType type) {
  const bool is_pairs = layout.rank == 2 && layout.now[1] == 2 && fits_double(type);
  if (is_pairs || (layout.rank == 1 && H5Dget_storage_size(dataset) == 0)) return "";
  if (layout.rank != 1) return "is not stored in chunks";
  return fits_double(type) ? "" : "has values of 64-bit integers that are not stored in chunks";
}

std::string of_axes(const Layout& layout, DataType type, bool has_time) {
  for (int axis = 1; axis < layout.rank; ++axis) {
    if (layout.grows(axis)) return "has another axis than the first that can grow";
  }
  if (!has_time && layout.is_bare_scale) return "";
  if (has_time != layout.grows(0) && !layout.is_column) {
    return has_time ? "has a time axis that cannot grow" : "has a first axis that can grow and is not time";
  }
  if (layout.is_series())
    return fits_double(type) || layout.is_count ? ""
                                                  ""
                                                : "is a series of 64-bit integers";
  if (has_time && layout.chunk[0] != 1) {
    std::string steps = "has chunks of " + std::to_string(layout.chunk[0]) + " steps";
    auto bytes = static_cast<std::int64_t>(std::min<hsize_t>(layout.chunk[0], schema::max_spanning_chunk)) *
                 static_cast<std::int64_t>(size_of(type));
    for (int axis = 1; axis < layout.rank; ++axis) {
      const auto number = static_cast<std::size_t>(axis);
      if (layout.chunk[number] != layout.now[number]) return steps + ", and of a part of the grid";
      bytes = saturating_product(bytes, static_cast<std::int64_t>(layout.now[number]));
    }
    if (bytes > schema::max_spanning_chunk) return steps + ", of more than 16 MiB";
  }
  return layout.chunk_options == 0 ? "" : "has chunks at its edges that are not filtered";
}

std::string of_layout(hid_t dataset, const std::string& path, bool has_time) {
  const Handle list(check_id(H5Dget_create_plist(dataset), "H5Dget_create_plist", path), H5Pclose);
  const Layout layout(dataset, list.get(), path);
  const Handle type(check_id(H5Dget_type(dataset), "H5Dget_type", path), H5Tclose);
  const auto element = element_type_of(type.get(), path);
  if (layout.rank < 1) return is_mapping(dataset, path) ? "" : "has no axis";
  if (layout.kind == H5D_CONTIGUOUS && has_texts(dataset, path)) return "";
  if (!element) return "has elements that no field can have";
  const htri_t is_usual = H5Tequal(type.get(), file_type(*element).get());
  check(is_usual, "H5Tequal", path);
  if (is_usual == 0) return "has elements that are not stored as little-endian numbers";
  if (layout.external_files > 0) return "lies in other files";
  if (layout.kind == H5D_VIRTUAL) return "is virtual";
  if (layout.kind != H5D_CHUNKED) {
    return has_time ? "has a time axis that cannot grow" : of_contiguous(dataset, layout, *element);
  }
  if (std::string why = of_axes(layout, *element, has_time); !why.empty()) return why;
  return layout.is_series() || has_usual_filters(list.get(), path, size_of(*element))
             ? ""
             : "has filters that Tessera cannot write";
}

}  // namespace

std::string obstacle_in_dataset(hid_t dataset, const std::string& path, bool has_time) {
  const std::string why = of_layout(dataset, path, has_time);
  return why.empty() ? why : obstacle_in_member(path, why);
}

std::string obstacle_in_scales(hid_t dataset, const std::string& path,
                               FunctionRef<std::string(unsigned axis)> attached_to) {
  const bool has_list = has_attribute(dataset, path, dimension_list);
  const Handle space(check_id(H5Dget_space(dataset), "H5Dget_space", path), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space.get());
  check(rank, "H5Sget_simple_extent_ndims", path);
  const std::string group = path.substr(0, path.rfind('/') + 1);
  for (int axis = 0; axis < rank; ++axis) {
    const auto number = static_cast<unsigned>(axis);
    const std::string scale = has_list ? scale_path(dataset, number, path) : std::string();
    if (has_list && (H5DSget_num_scales(dataset, number) != 1 || scale.rfind('/') + 1 != group.size() ||
                     !scale.starts_with(group))) {
      return obstacle_in_member(path, "has an axis without exactly one dimension scale in its own group");
    }
    const std::string attached = attached_to(number);
    if (attached.empty() || attached == scale.substr(scale.rfind('/') + 1)) continue;
    return obstacle_in_member(path, "has a damaged list of dimension scales: " + in_quotes(attached) +
                                        " should be that of axis " + std::to_string(axis));
  }
  return {};
}

std::string obstacle_in_member(const std::string& path, const std::string& what) {
  return in_quotes(path) + " " + what;
}

}  // namespace tessera::hdf5
