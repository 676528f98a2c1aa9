#include "hdf5/virtual_parts.hpp"

#include <unistd.h>

#include <array>
#include <filesystem>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "hdf5/check.hpp"
#include "hdf5/work_through.hpp"

namespace tessera::hdf5 {

namespace {

/// A name of which as_pattern made this. \param is_one false where it stands for several
std::string name_of(const std::string& pattern, bool& is_one) {
  std::string name;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    name.push_back(pattern[at]);
    if (pattern[at] != '%' || at + 1 == pattern.size()) continue;
    ++at;
    if (pattern[at] != '%') is_one = false;
  }
  return name;
}

/// H5Pget_virtual_filename, or the one for datasets.
template <class Get>
std::string pattern_of(Get get, hid_t list, std::size_t number, const char* call, const std::string& about) {
  const ssize_t length = get(list, number, nullptr, 0);
  check(length < 0 ? -1 : 0, call, about);
  std::string pattern(static_cast<std::size_t>(length), '\0');
  check(get(list, number, pattern.data(), pattern.size() + 1) < 0 ? -1 : 0, call, about);
  return pattern;
}

/// Begin and end of a selection; empty where it has none.
std::array<std::vector<hsize_t>, 2> bounds_of(hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 1) return {};
  std::array<std::vector<hsize_t>, 2> bounds{std::vector<hsize_t>(static_cast<std::size_t>(rank)),
                                             std::vector<hsize_t>(static_cast<std::size_t>(rank))};
  if (H5Sget_select_bounds(space, bounds[0].data(), bounds[1].data()) < 0) return {};
  for (hsize_t& end : bounds[1]) ++end;
  return bounds;
}

std::string directory_of(hid_t owner, const std::string& about) {
  const ssize_t length = H5Fget_name(owner, nullptr, 0);
  check(length < 0 ? -1 : 0, "H5Fget_name", about);
  std::string path(static_cast<std::size_t>(length), '\0');
  check(H5Fget_name(owner, path.data(), path.size() + 1) < 0 ? -1 : 0, "H5Fget_name", about);
  return std::filesystem::path(path).parent_path();
}

/// Where HDF5 looks first: beside the file, then from the working directory.
std::string path_of(hid_t owner, const VirtualPart& part, const std::string& about) {
  const std::filesystem::path beside = std::filesystem::path(directory_of(owner, about)) / part.file;
  const bool is_elsewhere = ::access(beside.c_str(), F_OK) != 0 && ::access(part.file.c_str(), F_OK) == 0;
  return is_elsewhere ? part.file : beside.string();
}

void require_shape(const OpenedPart& opened, const VirtualPart& part, const std::string& where) {
  const Handle space(check_id(H5Dget_space(opened.dataset.get()), "H5Dget_space", where), H5Sclose);
  std::vector<hsize_t> extents(part.source.size());
  bool fits = H5Sget_simple_extent_ndims(space.get()) == static_cast<int>(extents.size());
  if (fits) check(H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr), "H5Sget_simple_extent_dims", where);
  for (std::size_t axis = 0; axis < extents.size(); ++axis) fits = fits && extents[axis] >= part.source[axis];
  if (fits) return;
  throw Error(ErrorCode::storage, where + " has become shorter since: put the file back that was joined, or join anew");
}

bool meet(const VirtualPart& part, const std::vector<hsize_t>& begin, const std::vector<hsize_t>& end) {
  if (part.begin.size() != begin.size()) return true;
  for (std::size_t axis = 0; axis < begin.size(); ++axis) {
    if (part.end[axis] <= begin[axis] || end[axis] <= part.begin[axis]) return false;
  }
  return true;
}

}  // namespace

std::string as_pattern(const std::string& name) {
  std::string pattern;
  for (const char letter : name) pattern.append(letter == '%' ? 2 : 1, letter);
  return pattern;
}

std::vector<VirtualPart> virtual_parts(hid_t creation_list, const std::string& about) {
  std::vector<VirtualPart> parts;
  if (H5Pget_layout(creation_list) != H5D_VIRTUAL) return parts;
  std::size_t count = 0;
  check(H5Pget_virtual_count(creation_list, &count), "H5Pget_virtual_count", about);
  for (std::size_t number = 0; number < count; ++number) {
    VirtualPart part;
    part.file = name_of(pattern_of(H5Pget_virtual_filename, creation_list, number, "H5Pget_virtual_filename", about),
                        part.is_one);
    part.dataset = name_of(pattern_of(H5Pget_virtual_dsetname, creation_list, number, "H5Pget_virtual_dsetname", about),
                           part.is_one);
    const Handle own(check_id(H5Pget_virtual_vspace(creation_list, number), "H5Pget_virtual_vspace", about), H5Sclose);
    const Handle source(check_id(H5Pget_virtual_srcspace(creation_list, number), "H5Pget_virtual_srcspace", about),
                        H5Sclose);
    auto bounds = bounds_of(own.get());
    part.begin = std::move(bounds[0]);
    part.end = std::move(bounds[1]);
    part.source = std::move(bounds_of(source.get())[1]);
    parts.push_back(std::move(part));
  }
  return parts;
}

OpenedPart open_part(hid_t owner, const VirtualPart& part, const std::string& about) {
  if (part.file == ".") {  // the same file
    return {nullptr, Handle(),
            Handle(check_id(H5Dopen2(owner, part.dataset.c_str(), H5P_DEFAULT), "H5Dopen2", about), H5Dclose)};
  }
  const std::string path = path_of(owner, part, about);
  const std::string where = about + " has values in " + in_quotes(path) + ", which";
  if (::access(path.c_str(), R_OK) != 0) {
    throw Error(ErrorCode::storage, where + " cannot be read or is not there: put it back beside this file");
  }
  OpenedPart opened;
  try {
    opened.driver = std::make_shared<InputDriver>(path);
    work_through(*opened.driver, [&] {
      opened.file = opened.driver->open();
      opened.dataset =
          Handle(check_id(H5Dopen2(opened.file.get(), part.dataset.c_str(), H5P_DEFAULT), "H5Dopen2", part.dataset),
                 H5Dclose);
    });
  } catch (const Error& error) {
    throw Error(ErrorCode::storage, where + " is no file with " + part.dataset + " any more: " + error.what());
  }
  if (!part.source.empty()) require_shape(opened, part, where);
  return opened;
}

void require_parts(hid_t dataset, const std::vector<hsize_t>& begin, const std::vector<hsize_t>& end,
                   const std::string& about) {
  const Handle list(check_id(H5Dget_create_plist(dataset), "H5Dget_create_plist", about), H5Pclose);
  for (const VirtualPart& part : virtual_parts(list.get(), about)) {
    if (part.is_one && meet(part, begin, end)) open_part(dataset, part, about);
  }
}

}  // namespace tessera::hdf5
