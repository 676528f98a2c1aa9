#include "hdf5/tree_copy.hpp"

#include "hdf5/check.hpp"
#include "hdf5/links.hpp"

namespace tessera::hdf5 {

TreeCopy::TreeCopy(storage::File& file, Space& space, const RunSharing& runs, Member& source)
    : member_(new Member(file, space, &runs.young())) {
  member_->applied = source.applied;
  member_->mixed = 1;
  member_->work([&] {
    begin(runs, source);
    content_.copy_indexes(source, *member_);
  });
}

void TreeCopy::begin(const RunSharing& runs, Member& source) {
  if (!source.outdated.empty()) {
    source.refresh();        // it takes runs that it links to for empty groups
    source.is_stale = true;  // and then may read blocks that are not to be added to
  }
  copy_group(source, *member_, "/");
  const Handle root(check_id(H5Gopen2(source.tree.file(), "/", H5P_DEFAULT), "H5Gopen2", "/"), H5Gclose);
  for (const Link& link : links_of(root.get(), "/")) {
    const std::string path = "/" + link.name;
    const Handle object(check_id(H5Oopen(source.tree.file(), path.c_str(), H5P_DEFAULT), "H5Oopen", path), H5Oclose);
    if (H5Iget_type(object.get()) != H5I_GROUP) continue;
    if (runs.is_shared(path)) {
      member_->link_run(path, source.address_of(path));
    } else {
      copy_group(source, *member_, path);
      content_.begin(source, *member_, path);
    }
  }
  content_.begin(source, *member_, "/");
}

bool TreeCopy::advance(Member& source, Member::Clock::time_point until) {
  bool done = false;
  member_->work([&] {
    done = content_.advance(source, *member_, until);
    flush(*member_);
  });
  return done;
}

}  // namespace tessera::hdf5
