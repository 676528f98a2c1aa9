#pragma once

namespace tessera::storage {

/// Is the file on a file system of this node alone (ext2 to 4, XFS, Btrfs, F2FS, ZFS, bcachefs, tmpfs)? Then every
/// access passes this kernel, which sees all writes at once, all locks, and who reads. False where that is not known.
bool is_local(int descriptor) noexcept;

}  // namespace tessera::storage
