#include "comm/exchange.hpp"

#include "base/narrow.hpp"
#include "comm/check.hpp"

namespace tessera::comm {

namespace {

/// Counts of one rank per rank, and where each begins.
struct Layout {
  std::vector<int> counts;
  std::vector<int> begins;
  int total = 0;

  explicit Layout(std::vector<int> list) : counts(std::move(list)), begins(counts.size()) {
    std::int64_t sum = 0;
    for (std::size_t rank = 0; rank < counts.size(); ++rank) {
      begins[rank] = narrow<int>(sum, "the number of values of one exchange");
      sum += counts[rank];
    }
    total = narrow<int>(sum, "the number of values of one exchange");
  }
};

}  // namespace

std::vector<std::vector<std::int64_t>> all_to_all(const Communicator& comm,
                                                  const std::vector<std::vector<std::int64_t>>& outgoing) {
  const auto ranks = static_cast<std::size_t>(comm.size());
  std::vector<int> sizes;
  std::vector<std::int64_t> values;
  for (const auto& list : outgoing) {
    sizes.push_back(narrow<int>(list.size(), "the number of values for one rank"));
    values.insert(values.end(), list.begin(), list.end());
  }
  std::vector<int> incoming_sizes(ranks);
  check(MPI_Alltoall(sizes.data(), 1, MPI_INT, incoming_sizes.data(), 1, MPI_INT, comm.get()), "MPI_Alltoall");
  const Layout out(std::move(sizes));
  const Layout in(std::move(incoming_sizes));
  std::vector<std::int64_t> received(static_cast<std::size_t>(in.total));
  check(MPI_Alltoallv(values.data(), out.counts.data(), out.begins.data(), MPI_INT64_T, received.data(),
                      in.counts.data(), in.begins.data(), MPI_INT64_T, comm.get()),
        "MPI_Alltoallv");
  std::vector<std::vector<std::int64_t>> result(ranks);
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    const auto begin = received.begin() + in.begins[rank];
    result[rank].assign(begin, begin + in.counts[rank]);
  }
  return result;
}

Range place(const Communicator& comm, std::uint64_t bytes) {
  Range range;
  check(MPI_Exscan(&bytes, &range.begin, 1, MPI_UINT64_T, MPI_SUM, comm.get()), "MPI_Exscan");
  if (comm.rank() == 0) range.begin = 0;  // MPI leaves it undefined there
  range.total = range.begin + bytes;
  check(MPI_Bcast(&range.total, 1, MPI_UINT64_T, comm.size() - 1, comm.get()), "MPI_Bcast");
  return range;
}

std::uint64_t broadcast(const Communicator& comm, int root, std::uint64_t value) {
  check(MPI_Bcast(&value, 1, MPI_UINT64_T, root, comm.get()), "MPI_Bcast");
  return value;
}

std::int64_t largest(const Communicator& comm, std::int64_t value) {
  check(MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT64_T, MPI_MAX, comm.get()), "MPI_Allreduce");
  return value;
}

std::vector<std::byte> gather_bytes(const Communicator& comm, std::span<const std::byte> own) {
  const int count = narrow<int>(own.size(), "the size of one rank's list of chunks");
  std::vector<int> counts(comm.rank() == 0 ? static_cast<std::size_t>(comm.size()) : 0);
  check(MPI_Gather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, 0, comm.get()), "MPI_Gather");
  const Layout layout(std::move(counts));
  std::vector<std::byte> all(static_cast<std::size_t>(layout.total));
  check(MPI_Gatherv(own.data(), count, MPI_BYTE, all.data(), layout.counts.data(), layout.begins.data(), MPI_BYTE, 0,
                    comm.get()),
        "MPI_Gatherv");
  return all;
}

Messages::~Messages() {
  for (MPI_Request& request : requests_) MPI_Wait(&request, MPI_STATUS_IGNORE);
}

void Messages::receive(int from, int tag, std::span<std::byte> into) {
  requests_.push_back(MPI_REQUEST_NULL);
  check(MPI_Irecv(into.data(), narrow<int>(into.size(), "the size of a message"), MPI_BYTE, from, tag, comm_.get(),
                  &requests_.back()),
        "MPI_Irecv");
}

void Messages::send(int to, int tag, std::span<const std::byte> bytes) {
  requests_.push_back(MPI_REQUEST_NULL);
  check(MPI_Isend(bytes.data(), narrow<int>(bytes.size(), "the size of a message"), MPI_BYTE, to, tag, comm_.get(),
                  &requests_.back()),
        "MPI_Isend");
}

void Messages::finish() {
  for (MPI_Request& request : requests_) check(MPI_Wait(&request, MPI_STATUS_IGNORE), "MPI_Wait");
  requests_.clear();
}

}  // namespace tessera::comm
