#include "hdf5/member.hpp"

#include "comm/keep.hpp"
#include "hdf5/check.hpp"
#include "hdf5/dimension_scales.hpp"

namespace tessera::hdf5 {

Tree::Enter Member::enter_of(const Names* young) {
  return [this, young](const std::string& path) {
    const bool is_young = young != nullptr && young->contains(run_of(path));
    driver.use_arena(is_young);
    return is_young;
  };
}

void Member::open_again() {
  const bool has_references = tree.has_references();
  tree.forget();
  tree = Tree(driver.open_again(), true, enter_of(young_));
  if (has_references) tree.note_reference();
}

void Member::refresh() {
  driver.ignore_writes(true);
  std::optional<Error> failure;
  attempt(failure, [&] { tree.close(); });
  driver.ignore_writes(false);
  if (failure) throw *failure;
  open_again();
  is_stale = false;
}

void Member::make_sound() {
  if (is_lost()) {
    open_again();
  } else if (driver.read_failed()) {
    refresh();
  }
}

/// A group without a link whose header HDF5 takes to be the one at `address`; the first one shows the driver what an
/// empty group looks like.
Handle Member::group_at(haddr_t address, const std::string& path) {
  driver.arm_header(address);
  Handle group(check_id(H5Gcreate_anon(tree.file(), H5P_DEFAULT, H5P_DEFAULT), "H5Gcreate_anon", path), H5Gclose);
  driver.disarm_header();
  if (!driver.has_empty_group()) check(H5Gflush(group.get()), "H5Gflush", path);
  return group;
}

void Member::link_run(const std::string& path, haddr_t address) {
  tree.enter("/");
  const Handle group = group_at(address, path);
  const Handle link = link_list(path);
  check(H5Olink(group.get(), tree.file(), path.c_str(), link.get(), H5P_DEFAULT), "H5Olink", path);
  ++linked;
}

void Member::unlink_run(const std::string& path) {
  tree.enter("/");
  const haddr_t address = address_of(path);
  if (!driver.has_empty_group()) {
    group_at(address, path);
    driver.forget_header(address);
  }
  driver.show_empty_group(address);
  const herr_t result = H5Ldelete(tree.file(), path.c_str(), H5P_DEFAULT);
  driver.show_empty_group(0);
  check(result, "H5Ldelete", path);
}

bool Member::has_run(const std::string& path) const {
  const htri_t exists = H5Lexists(tree.file(), path.c_str(), H5P_DEFAULT);
  check(exists, "H5Lexists", path);
  return exists > 0;
}

haddr_t Member::address_of(const std::string& path) const { return reference_to(tree.file(), path, path); }

/// Where HDF5 cannot close a file it keeps it, and tries again when the process ends: then the driver has to be there
/// still, so it is left behind.
void retire(OwnMember owned) {
  std::unique_ptr<Member> member(owned.release());
  member->driver.retire();
  if (member->is_lost()) return member->tree.forget();
  std::optional<Error> failure;
  attempt(failure, [&] { member->tree.close(); });
  if (!failure) return;
  member->driver.detach();
  comm::keep_forever(std::move(member));
  throw *failure;
}

void Retire::operator()(Member* member) const noexcept {
  std::optional<Error> ignored;
  attempt(ignored, [&] { retire(OwnMember(member)); });
}

}  // namespace tessera::hdf5
