#include "comm/node_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>

#include "comm/agree.hpp"
#include "comm/check.hpp"

namespace tessera::comm {

namespace {

/// Of a file in memory; empty: there is none.
using Name = std::array<char, 64>;

/// shm_open() does the same, in a library of its own before glibc 2.34.
int open_shared(const Name& name, int flags) noexcept {
  return name[0] == '\0' ? -1 : ::open(name.data(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | flags, 0600);
}

std::span<std::byte> map(int descriptor, std::size_t size) noexcept {
  if (descriptor < 0) return {};
  void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  return mapped == MAP_FAILED ? std::span<std::byte>() : std::span(static_cast<std::byte*>(mapped), size);
}

void unmap(std::span<std::byte>& bytes) noexcept {
  if (!bytes.empty()) ::munmap(bytes.data(), bytes.size());
  bytes = {};
}

std::span<std::byte> create(Name& name, std::size_t size, NodeMemory::Prepare prepare) noexcept {
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  std::snprintf(name.data(), name.size(), "/dev/shm/tessera-%ld-%llx", static_cast<long>(::getpid()),
                static_cast<unsigned long long>(now));
  const int descriptor = open_shared(name, O_CREAT | O_EXCL);
  std::span<std::byte> bytes;
  // Space is taken now: memory that is mapped and not there would end the program.
  if (descriptor >= 0 && ::posix_fallocate(descriptor, 0, static_cast<off_t>(size)) == 0) bytes = map(descriptor, size);
  if (!bytes.empty() && !prepare(bytes)) unmap(bytes);
  if (descriptor >= 0) ::close(descriptor);
  if (descriptor >= 0 && bytes.empty()) ::unlink(name.data());
  if (bytes.empty()) name = {};
  return bytes;
}

}  // namespace

NodeMemory::NodeMemory(const Communicator& comm, std::size_t size, Prepare prepare) {
  confirm(comm);  // what follows has no non-blocking form
  MPI_Comm node = MPI_COMM_NULL;
  check(MPI_Comm_split_type(comm.get(), MPI_COMM_TYPE_SHARED, comm.rank(), MPI_INFO_NULL, &node),
        "MPI_Comm_split_type");
  check(MPI_Comm_size(node, &ranks_), "MPI_Comm_size");
  check(MPI_Comm_rank(node, &rank_), "MPI_Comm_rank");
  Name name{};
  if (rank_ == 0) bytes_ = create(name, size, prepare);
  check(MPI_Bcast(name.data(), static_cast<int>(name.size()), MPI_CHAR, 0, node), "MPI_Bcast");
  if (rank_ != 0) {
    const int descriptor = open_shared(name, 0);
    bytes_ = map(descriptor, size);
    if (descriptor >= 0) ::close(descriptor);
  }
  int all_have_it = bytes_.empty() ? 0 : 1;
  check(MPI_Allreduce(MPI_IN_PLACE, &all_have_it, 1, MPI_INT, MPI_MIN, node), "MPI_Allreduce");
  if (rank_ == 0 && name[0] != '\0') ::unlink(name.data());
  if (all_have_it == 0) unmap(bytes_);
  check(MPI_Comm_free(&node), "MPI_Comm_free");
}

NodeMemory::~NodeMemory() { unmap(bytes_); }

}  // namespace tessera::comm
