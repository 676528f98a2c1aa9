#include "hdf5/member.hpp"

#include "comm/keep.hpp"

namespace tessera::hdf5 {

void Member::open_again() {
  tree.forget();
  tree = Tree(driver.open_again(), true);
}

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
