#include "storage/local.hpp"

#include "storage/file_system.hpp"

namespace tessera::storage {

bool is_local(int descriptor) noexcept { return file_system_of(descriptor).reach == Reach::local; }

}  // namespace tessera::storage
