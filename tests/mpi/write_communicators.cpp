#include <gtest/gtest.h>

#include "support/test_file.hpp"

using namespace tessera_test;
using tessera::Grid;
using tessera::Index;

namespace {

const Index small_shape{7, 6, 5};

void write_on(MPI_Comm comm, const std::string& suffix = "") {
  TestFile file({}, suffix, comm);
  auto run = file.run("run", {{"note", "the same on every communicator"}});
  const auto field = run.field<double>("field", Grid{small_shape});
  for (int n = 0; n < 3; ++n) {
    auto step = run.step(n);
    step.put(field, n == 1 ? checkerboard(small_shape, file.size(), 2) : bricks(small_shape, file.size()),
             {.halo = {{1}, {1}}});
    step.scalar("n", n);
    step.commit();
  }
  file.close();
}

TEST(WriteCommunicators, CartesianWithReorder) {
  int dims[2] = {0, 0};
  const int periods[2] = {1, 0};
  MPI_Dims_create(world_size(), 2, dims);
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Cart_create(MPI_COMM_WORLD, 2, dims, periods, 1, &comm);
  write_on(comm);
  MPI_Comm_free(&comm);
}

TEST(WriteCommunicators, RanksInReverse) {
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Comm_split(MPI_COMM_WORLD, 0, -world_rank(), &comm);
  write_on(comm);
  MPI_Comm_free(&comm);
}

/// Two halves write a file each, at the same time. With one rank the second half is empty: the first makes both files.
TEST(WriteCommunicators, HalvesWriteTheirOwnFiles) {
  const int half = world_size() > 1 ? world_rank() % 2 : 0;
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Comm_split(MPI_COMM_WORLD, half, 0, &comm);
  write_on(comm, half == 0 ? ".even" : ".odd");
  if (world_size() == 1) write_on(comm, ".odd");
  MPI_Comm_free(&comm);
}

TEST(WriteCommunicators, SomeRanksTakeNoPart) {
  const int colour = world_rank() == world_size() - 1 ? 0 : MPI_UNDEFINED;
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Comm_split(MPI_COMM_WORLD, colour, 0, &comm);
  if (comm == MPI_COMM_NULL) return;
  write_on(comm);
  MPI_Comm_free(&comm);
}

TEST(WriteCommunicators, TwoFilesOpenAtOnce) {
  TestFile first({}, ".first");
  TestFile second({}, ".second");
  auto one = first.run("run");
  auto two = second.run("run");
  const auto a = one.field<double>("field", Grid{small_shape});
  const auto b = two.field<float>("field", Grid{small_shape});
  for (int n = 0; n < 2; ++n) {
    auto step_one = one.step(n);
    auto step_two = two.step(n);
    step_one.put(a, slabs(small_shape, first.size()));
    step_two.put(b, slabs(small_shape, first.size(), 1));
    step_two.commit();
    step_one.commit();
  }
  first.close();
  second.close();
}

/// The library's messages are not the application's: a receive of anything does not get them.
TEST(WriteCommunicators, LeavesTheCallersCommunicatorAlone) {
  int received = -1;
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Irecv(&received, 1, MPI_INT, MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &request);
  write_on(MPI_COMM_WORLD);
  const int next = (world_rank() + 1) % world_size();
  const int own = world_rank();
  MPI_Send(&own, 1, MPI_INT, next, 7, MPI_COMM_WORLD);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  EXPECT_EQ(received, (world_rank() + world_size() - 1) % world_size());
}

}  // namespace
