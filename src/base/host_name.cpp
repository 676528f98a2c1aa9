#include "base/host_name.hpp"

#include <unistd.h>

namespace tessera {

std::array<char, 256> host_name() noexcept {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name;
}

}  // namespace tessera
