#include "hdf5/field_parts.hpp"

#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <optional>
#include <type_traits>
#include <utility>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/virtual_parts.hpp"

namespace tessera::hdf5 {

namespace {

/// A box, where a selection is one.
std::optional<Box> box_of(hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 1 || static_cast<std::size_t>(rank) > Index::capacity) return std::nullopt;
  std::vector<hsize_t> begin(static_cast<std::size_t>(rank));
  std::vector<hsize_t> last(begin.size());
  if (H5Sget_select_bounds(space, begin.data(), last.data()) < 0) return std::nullopt;
  Box box;
  for (std::size_t axis = 0; axis < begin.size(); ++axis) {
    box.lower.push_back(begin[axis]);
    box.upper.push_back(last[axis] + 1);
  }
  return H5Sget_select_npoints(space) == box.volume() ? std::optional(box) : std::nullopt;
}

/// Nothing where it is another part than join_segments makes.
std::optional<FieldPart> part_of(const VirtualPart& names, const Box& own, const Box& source,
                                 const schema::Field& field) {
  const std::size_t begin = field.time_dependent ? 1 : 0;
  const std::size_t end = begin + field.axes.size();
  const Index components = field.component_extents();
  if (!names.is_one || names.file == "." || own.rank() != end + components.size()) return std::nullopt;
  if (source.rank() != own.rank() || own.extents() != source.extents()) return std::nullopt;
  for (std::size_t axis = 0; axis < components.size(); ++axis) {
    if (own.upper[end + axis] != components[axis] || own.lower[end + axis] != 0 || source.lower[end + axis] != 0)
      return std::nullopt;
  }
  FieldPart part{names.file, names.dataset, 0, 0, 0, {}, {}};
  if (begin == 1) {
    part.first_step = own.lower[0];
    part.steps = own.upper[0] - own.lower[0];
    part.source_step = source.lower[0];
  }
  for (std::size_t axis = begin; axis < end; ++axis) {
    part.cells.lower.push_back(own.lower[axis]);
    part.cells.upper.push_back(own.upper[axis]);
    part.source.push_back(source.lower[axis]);
  }
  return part;
}

/// Numbers and texts, one after the other.
class Output {
 public:
  template <class T>
  void operator()(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void operator()(const std::string& text) {
    (*this)(text.size());
    bytes.append(text);
  }
  std::string bytes;
};

class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}
  template <class T>
  void operator()(T& value) {
    const std::string_view taken = take(sizeof value);
    std::memcpy(&value, taken.data(), sizeof value);
  }
  void operator()(std::string& text) {
    std::size_t size = 0;
    (*this)(size);
    text = take(size);
  }

 private:
  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) throw Error(ErrorCode::internal, "what is known of segments arrived truncated");
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  std::string_view bytes_;
};

template <class Archive, class Part>
void each_member(Archive& archive, Part& one) {
  archive(one.file), archive(one.dataset), archive(one.first_step), archive(one.steps), archive(one.source_step);
  archive(one.cells), archive(one.source);
}

}  // namespace

FieldParts field_parts(hid_t dataset, const schema::Field& field) {
  const std::string& about = field.path;
  const Handle list(check_id(H5Dget_create_plist(dataset), "H5Dget_create_plist", about), H5Pclose);
  FieldParts parts;
  const std::vector<VirtualPart> names = virtual_parts(list.get(), about);
  for (std::size_t number = 0; number < names.size(); ++number) {
    const Handle own(check_id(H5Pget_virtual_vspace(list.get(), number), "H5Pget_virtual_vspace", about), H5Sclose);
    const Handle other(check_id(H5Pget_virtual_srcspace(list.get(), number), "H5Pget_virtual_srcspace", about),
                       H5Sclose);
    const std::optional<Box> box = box_of(own.get());
    const std::optional<Box> source = box_of(other.get());
    auto part = box && source ? part_of(names[number], *box, *source, field) : std::nullopt;
    if (!part) return {};
    parts.push_back(std::move(*part));
  }
  return parts;
}

std::string segment_path(const std::string& owner, const std::string& file) {
  const std::filesystem::path beside = std::filesystem::path(owner).parent_path() / file;
  const bool is_elsewhere = ::access(beside.c_str(), F_OK) != 0 && ::access(file.c_str(), F_OK) == 0;
  return is_elsewhere ? file : beside.string();
}

std::string to_bytes(const std::vector<FieldParts>& parts) {
  Output output;
  output(parts.size());
  for (const FieldParts& field : parts) {
    output(field.size());
    for (const FieldPart& part : field) each_member(output, part);
  }
  return std::move(output.bytes);
}

std::vector<FieldParts> field_parts_of(std::string_view bytes) {
  Input input(bytes);
  std::size_t count = 0;
  input(count);
  std::vector<FieldParts> parts;
  for (std::size_t field = 0; field < count; ++field) {
    std::size_t of_field = 0;
    input(of_field);
    FieldParts& list = parts.emplace_back();
    for (std::size_t number = 0; number < of_field; ++number) each_member(input, list.emplace_back());
  }
  return parts;
}

}  // namespace tessera::hdf5
