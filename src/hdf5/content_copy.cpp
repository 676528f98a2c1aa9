#include "hdf5/content_copy.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "hdf5/array_copy.hpp"
#include "hdf5/check.hpp"
#include "hdf5/dimension_scales.hpp"
#include "hdf5/links.hpp"
#include "hdf5/replay.hpp"
#include "hdf5/texts.hpp"
#include "schema/description.hpp"

namespace tessera::hdf5 {

namespace {

using Clock = Member::Clock;

/// \param columns 0: of a dataset of one dimension
std::vector<double> read_values(hid_t dataset, std::int64_t start, std::int64_t count, std::int64_t columns,
                                const std::string& about) {
  std::vector<double> values(static_cast<std::size_t>(columns > 0 ? count * columns : count));
  const std::array<hsize_t, 2> first{static_cast<hsize_t>(start), 0};
  const std::array<hsize_t, 2> length{static_cast<hsize_t>(count), static_cast<hsize_t>(columns)};
  const Handle in_file(check_id(H5Dget_space(dataset), "H5Dget_space", about), H5Sclose);
  const Handle in_memory(check_id(H5Screate_simple(columns > 0 ? 2 : 1, length.data(), nullptr), "H5Screate_simple",
                                  about),
                         H5Sclose);
  check(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, first.data(), nullptr, length.data(), nullptr),
        "H5Sselect_hyperslab", about);
  check(H5Dread(dataset, H5T_NATIVE_DOUBLE, in_memory.get(), in_file.get(), H5P_DEFAULT, values.data()), "H5Dread",
        about);
  return values;
}

/// Not the list that HDF5 gives for the group: it has the group's number of links in it.
Handle group_list_like(hid_t group, const std::string& about) {
  const Handle list(check_id(H5Gget_create_plist(group), "H5Gget_create_plist", about), H5Pclose);
  unsigned max_compact = 0;
  unsigned least_dense = 0;
  unsigned links = 0;
  unsigned length = 0;
  check(H5Pget_link_phase_change(list.get(), &max_compact, &least_dense), "H5Pget_link_phase_change", about);
  check(H5Pget_est_link_info(list.get(), &links, &length), "H5Pget_est_link_info", about);
  Handle result = group_creation_list(about);
  check(H5Pset_link_phase_change(result.get(), max_compact, least_dense), "H5Pset_link_phase_change", about);
  check(H5Pset_est_link_info(result.get(), links, length), "H5Pset_est_link_info", about);
  return result;
}

/// Whether blocks may be in the file twice, those in their places outdated.
bool has_cache_image(hid_t file) {
  haddr_t image = HADDR_UNDEF;
  hsize_t size = 0;
  check(H5Fget_mdc_image_info(file, &image, &size), "H5Fget_mdc_image_info", "a metadata tree");
  return image != HADDR_UNDEF;
}

}  // namespace

void copy_group(Member& source, Member& target, const std::string& path) {
  const Handle from(check_id(H5Gopen2(source.tree.file(), path.c_str(), H5P_DEFAULT), "H5Gopen2", path), H5Gclose);
  if (path != "/") target.tree.make_group(path, group_list_like(from.get(), path).get());
  target.tree.enter(path);
  const Handle to(check_id(H5Gopen2(target.tree.file(), path.c_str(), H5P_DEFAULT), "H5Gopen2", path), H5Gclose);
  copy_attributes(from.get(), target.tree, to.get(), path, {});
}

void ContentCopy::begin(Member& source, Member& target, const std::string& group) {
  Addresses scales;
  begin(source, target, group, scales);
  target.tree.list_new_uses();
}

/// \param scales of the groups above
void ContentCopy::begin(Member& source, Member& target, const std::string& group, Addresses& scales) {
  std::vector<std::string> groups;
  const hid_t file = source.tree.file();
  const Handle opened(check_id(H5Gopen2(file, group.c_str(), H5P_DEFAULT), "H5Gopen2", group), H5Gclose);
  std::vector<Link> links = links_of(opened.get(), group);
  // Axes come first in files of ours; in others each dataset has to wait for its own.
  for (std::vector<Link> waiting; !links.empty(); links = std::exchange(waiting, {})) {
    for (const Link& link : links) {
      const std::string path = schema::join(group, link.name);
      const Handle object(check_id(H5Oopen(file, path.c_str(), H5P_DEFAULT), "H5Oopen", path), H5Oclose);
      const H5I_type_t kind = H5Iget_type(object.get());
      if (kind == H5I_GROUP && group != "/") groups.push_back(path);
      if (kind != H5I_DATASET) continue;
      if (source.is_found() && !has_scales(object.get(), path, scales)) {
        waiting.push_back(link);
        continue;
      }
      copy_dataset(target, path, object.get(), scales);
      scales.emplace(reference_to(object.get(), path), path);
    }
    if (waiting.size() == links.size()) {
      throw Error(ErrorCode::hdf5, group +
                                       " has datasets whose axes are not in it: the file was damaged after it was "
                                       "written; take a copy of it, or write another one");
    }
  }
  for (const std::string& path : groups) {
    copy_group(source, target, path);
    begin(source, target, path, scales);
  }
}

void ContentCopy::copy_dataset(Member& target, const std::string& path, hid_t from, const Addresses& scales) {
  const Handle list(check_id(H5Dget_create_plist(from), "H5Dget_create_plist", path), H5Pclose);
  // Parallel HDF5 notes in its files that space comes at creation; here chunks get theirs when they are registered.
  check(H5Pset_alloc_time(list.get(), H5D_ALLOC_TIME_DEFAULT), "H5Pset_alloc_time", path);
  const Handle type(check_id(H5Dget_type(from), "H5Dget_type", path), H5Tclose);
  const Handle space(check_id(H5Dget_space(from), "H5Dget_space", path), H5Sclose);
  const ChunkGrid shape = ChunkGrid::of(from, path);
  const Handle link = link_list(path);
  target.tree.enter(path);
  {
    const Handle made(check_id(H5Dcreate2(target.tree.file(), path.c_str(), type.get(), space.get(), link.get(),
                                          list.get(), H5P_DEFAULT),
                               "H5Dcreate2", path),
                      H5Dclose);
    copy_attributes(from, target.tree, made.get(), path, scales);
  }
  if (shape.extents.empty()) return;  // the number of a grid mapping, which means nothing
  if (shape.is_series() && has_texts(from, path)) {
    if (H5Dget_storage_size(from) > 0) target.tree.apply(schema::WriteTexts{path, read_texts(from, path)});
    return;
  }
  if (shape.is_series()) {
    const std::int64_t columns = shape.is_table() ? static_cast<std::int64_t>(shape.extents[1]) : 0;
    if (H5Dget_storage_size(from) > 0)
      series_.push_back({path, static_cast<std::int64_t>(shape.extents[0]), columns, 0});
    return;
  }
  parts_.push_back({ChunkList(path, shape)});
}

void ContentCopy::copy_indexes(Member& source, Member& target) {
  constexpr std::uint64_t least = 256;  // fewer are registered as fast
  std::vector<Part*> long_ones;
  for (Part& part : parts_) {
    if (part.chunks.end() >= least && register_first(part, source, target)) long_ones.push_back(&part);
  }
  // HDF5 states in the superblock where the file ends when it gets space; values of time are still to have theirs.
  if (long_ones.empty() || series_.empty() || has_cache_image(source.tree.file())) return;
  flush(target);
  require_sound(source);   // before its failures are forgotten
  source.refresh();        // HDF5 reads headers that it has in memory
  source.is_stale = true;  // it takes runs that it links to for empty groups, and may read blocks not to be added to
  target.refresh();
  for (Part* part : long_ones) {
    if (copy_array(source, target, part->chunks, part->next - 1)) part->next = part->chunks.end();
  }
  require_sound(source);
  require_sound(target);
  target.refresh();
}

/// Whether there is one not far from the begin: HDF5 makes an index for it.
bool ContentCopy::register_first(Part& part, Member& source, Member& target) {
  constexpr std::uint64_t most = 4096;
  const std::string& path = part.chunks.path();
  const hid_t from = source.tree.dataset(path);
  const std::uint64_t end = std::min(most, part.chunks.end());
  while (part.next < end) {
    const std::uint64_t number = part.next++;
    const auto chunk = part.chunks.find(source, from, number);
    if (!chunk) continue;
    register_chunk(target, target.tree.dataset(path), part.chunks.offset(number), *chunk, path);
    return true;
  }
  return false;
}

bool ContentCopy::advance(Member& source, Member& target, Clock::time_point until) {
  const auto all_of = [&](auto& list, auto&& copy) {
    return std::all_of(list.begin(), list.end(), [&](auto& one) { return copy(one); });
  };
  return all_of(parts_, [&](Part& part) { return copy_chunks(part, source, target, until); }) &&
         all_of(series_, [&](Series& series) { return copy_values(series, source, target, until); });
}

/// \return whether the dataset is complete
bool ContentCopy::copy_chunks(Part& part, Member& source, Member& target, Clock::time_point until) {
  constexpr std::uint64_t per_look = 64;     // chunks between two looks at the clock
  constexpr std::uint64_t per_flush = 8192;  // keeps the blocks in memory few
  const std::uint64_t end = part.chunks.end();
  if (part.next == end) return true;
  const std::string& path = part.chunks.path();
  const hid_t from = source.tree.dataset(path);
  const hid_t to = target.tree.dataset(path);
  for (; part.next < end; ++part.next) {
    if (part.next % per_look == 0 && Clock::now() >= until) return false;
    if (part.next % per_flush == per_flush - 1) flush(target);
    const auto chunk = part.chunks.find(source, from, part.next);
    if (chunk) register_chunk(target, to, part.chunks.offset(part.next), *chunk, path);
  }
  return true;
}

bool ContentCopy::copy_values(Series& series, Member& source, Member& target, Clock::time_point until) {
  const std::int64_t most = (std::int64_t{1} << 16) / std::max<std::int64_t>(1, series.columns) + 1;
  while (series.next < series.length) {
    if (Clock::now() >= until) return false;
    const std::int64_t count = std::min(most, series.length - series.next);
    auto values = read_values(source.tree.dataset(series.path), series.next, count, series.columns, series.path);
    target.tree.apply(schema::WriteValues{series.path, series.next, std::move(values), series.columns});
    series.next += count;
  }
  return true;
}

void require_sound(Member& member) {
  if (const auto failure = member.driver.take_failure()) throw *failure;
}

void flush(Member& member) {
  member.tree.flush();
  require_sound(member);
  member.driver.emit();
}

}  // namespace tessera::hdf5
