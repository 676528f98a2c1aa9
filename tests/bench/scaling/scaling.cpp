/// \file
/// What a commit takes of MPI and of rank 0 as ranks and chunks grow: messages, bytes and collective operations of a
/// rank, counted through MPI's profiling interface; seconds of planning and publishing for each chunk; on two ranks
/// what a message takes. Every rank has a block of 2 x 2 x 2 small chunks, or as many as --chunks says along the first
/// axis. Prints lines of JSON, which model.py reads. Asserts nothing.
///
///     mpi_launch.sh RANKS scaling [--chunks N] [--shift N] [--fields N] [--steps N] [--directory DIR]

#include <mpi.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "median.hpp"
#include "run_main.hpp"

namespace {

/// What this rank has begun since the program began.
struct Counts {
  std::int64_t collectives = 0;
  std::int64_t sent = 0;  ///< messages
  std::int64_t received = 0;
  std::int64_t sent_bytes = 0;
  std::int64_t received_bytes = 0;
};
Counts counts;

std::int64_t bytes_of(int count, MPI_Datatype type) {
  int size = 0;
  PMPI_Type_size(type, &size);
  return std::int64_t{size} * count;
}

struct Setting {
  std::int64_t chunks = 2;  ///< of a rank along the first axis; along the others 2
  std::int64_t shift = 0;
  int fields = 1;
  int steps = 24;
  std::string directory = "/dev/shm";
};

constexpr std::int64_t edge = 4;  // of a chunk

/// What ranks count in one commit: the most of any rank, and what rank 0 has.
struct OfCommit {
  std::array<std::int64_t, 5> most{};
  std::array<std::int64_t, 5> root{};
  template <class Commit>
  explicit OfCommit(const Commit& commit) {
    const Counts before = counts;
    commit();
    root = {counts.collectives - before.collectives, counts.sent - before.sent, counts.received - before.received,
            counts.sent_bytes - before.sent_bytes, counts.received_bytes - before.received_bytes};
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    most = root;
    if (rank == 0) std::ranges::fill(most, 0);  // apart
    MPI_Allreduce(MPI_IN_PLACE, most.data(), static_cast<int>(most.size()), MPI_INT64_T, MPI_MAX, MPI_COMM_WORLD);
  }
  void print(const char* name) const {
    const auto list = [](const std::array<std::int64_t, 5>& of) {
      std::printf(
          "{\"collectives\": %lld, \"sent\": %lld, \"received\": %lld, \"sent_bytes\": %lld, "
          "\"received_bytes\": %lld}",
          static_cast<long long>(of[0]), static_cast<long long>(of[1]), static_cast<long long>(of[2]),
          static_cast<long long>(of[3]), static_cast<long long>(of[4]));
    };
    std::printf("\"%s\": {\"rank_0\": ", name);
    list(root);
    std::printf(", \"others\": ");
    list(most);
    std::printf("}");
  }
};

/// The least of some times that `action` takes.
template <class Action>
double fastest(int times, const Action& action) {
  double least = 1e9;
  for (int n = 0; n < times; ++n) {
    const double begin = MPI_Wtime();
    action();
    least = std::min(least, MPI_Wtime() - begin);
  }
  return least;
}

/// Between ranks 0 and 1: seconds of a message of `bytes`, there and back, halved.
double message_seconds(int rank, int bytes) {
  std::vector<char> buffer(static_cast<std::size_t>(bytes));
  return fastest(2000,
                 [&] {
                   if (rank > 1) return;
                   const int other = 1 - rank;
                   for (const bool sends : {rank == 0, rank == 1}) {
                     if (sends) MPI_Send(buffer.data(), bytes, MPI_BYTE, other, 0, MPI_COMM_WORLD);
                     else MPI_Recv(buffer.data(), bytes, MPI_BYTE, other, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
                   }
                 }) /
         2;
}

/// What rank 0 takes for each of many small messages that have come from rank 1.
double receive_seconds(int rank) {
  constexpr int many = 1000;
  std::vector<std::array<char, 64>> buffers(many);
  std::vector<MPI_Request> requests(many, MPI_REQUEST_NULL);
  double least = 1e9;
  for (int n = 0; n < 20; ++n) {
    MPI_Barrier(MPI_COMM_WORLD);
    for (std::size_t i = 0; rank == 1 && i < many; ++i) {
      PMPI_Isend(buffers[i].data(), 64, MPI_BYTE, 0, 0, MPI_COMM_WORLD, &requests[i]);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    const double begin = MPI_Wtime();
    for (std::size_t i = 0; rank == 0 && i < many; ++i) {
      PMPI_Irecv(buffers[i].data(), 64, MPI_BYTE, 1, 0, MPI_COMM_WORLD, &requests[i]);
    }
    MPI_Waitall(many, requests.data(), MPI_STATUSES_IGNORE);
    least = std::min(least, (MPI_Wtime() - begin) / many);
  }
  return least;
}

void measure_messages(int rank, int ranks) {
  if (ranks != 2) return;
  constexpr int large = 1 << 22;
  const double latency = message_seconds(rank, 64);
  const double transfer = message_seconds(rank, large);
  const double receive = receive_seconds(rank);
  if (rank == 0) {
    std::printf("{\"latency_s\": %.3g, \"bytes_per_s\": %.3g, \"receive_s\": %.3g}\n", latency, large / transfer,
                receive);
  }
}

void measure(const Setting& setting) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  measure_messages(rank, ranks);
  std::array<int, 3> dims{}, at{};
  MPI_Dims_create(ranks, 3, dims.data());
  at = {rank / (dims[1] * dims[2]), rank / dims[2] % dims[1], rank % dims[2]};
  const std::array<std::int64_t, 3> block{setting.chunks * edge, 2 * edge, 2 * edge};
  tessera::Index shape = tessera::Index::filled(3, 0), lower = shape, upper = shape;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    shape[axis] = block[axis] * dims[axis];
    lower[axis] = block[axis] * at[axis] + (at[axis] > 0 ? setting.shift : 0);
    upper[axis] = block[axis] * (at[axis] + 1) + (at[axis] + 1 < dims[axis] ? setting.shift : 0);
  }
  const tessera::Box box{lower, upper};
  const std::vector<double> values(static_cast<std::size_t>(box.volume()), 1.0 + rank);
  tessera::Writer out(MPI_COMM_WORLD, setting.directory + "/scaling.h5",
                      {.overwrite = true, .codec = tessera::Codec::none()});
  auto run = out.run("run");
  std::vector<tessera::Field<double>> fields;
  for (int n = 0; n < setting.fields; ++n) {
    fields.push_back(
        run.field<double>("field_" + std::to_string(n), tessera::Grid{shape}, {.chunk = {edge, edge, edge}}));
  }
  std::vector<OfCommit> all;
  std::vector<double> publish;
  double plan = 0;
  for (int n = 0; n < setting.steps; ++n) {
    all.emplace_back([&] {
      auto step = run.step(n);
      for (const auto& field : fields) step.put(field, box, values.data());
      step.commit();
    });
    if (rank != 0) continue;
    const auto stages = out.report().commits.back().longest;
    if (n == 0) plan = stages.plan;
    else publish.push_back(stages.publish);
  }
  out.close();
  if (rank != 0) return;
  std::remove((setting.directory + "/scaling.h5").c_str());
  const std::int64_t chunks = 4 * setting.chunks * ranks * setting.fields;
  std::printf(
      "{\"ranks\": %d, \"chunks\": %lld, \"fields\": %d, \"shift\": %lld, \"plan_s\": %.6f, \"publish_s\": %.6f, ",
      ranks, static_cast<long long>(chunks), setting.fields, static_cast<long long>(setting.shift), plan,
      bench::median(publish));
  all.front().print("first");
  std::printf(", ");
  all.back().print("steady");
  std::printf("}\n");
}

}  // namespace

// They stand before those of MPI, which are found as PMPI_ (MPI 4.0, section 15.2).
extern "C" {

int MPI_Isend(const void* buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm, MPI_Request* request) {
  counts.sent += 1;
  counts.sent_bytes += bytes_of(count, type);
  return PMPI_Isend(buffer, count, type, to, tag, comm, request);
}

int MPI_Irecv(void* buffer, int count, MPI_Datatype type, int from, int tag, MPI_Comm comm, MPI_Request* request) {
  counts.received += 1;
  counts.received_bytes += bytes_of(count, type);
  return PMPI_Irecv(buffer, count, type, from, tag, comm, request);
}

int MPI_Ibcast(void* buffer, int count, MPI_Datatype type, int root, MPI_Comm comm, MPI_Request* request) {
  counts.collectives += 1;
  return PMPI_Ibcast(buffer, count, type, root, comm, request);
}

int MPI_Iallreduce(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm,
                   MPI_Request* request) {
  counts.collectives += 1;
  return PMPI_Iallreduce(send, receive, count, type, op, comm, request);
}

int MPI_Iexscan(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm,
                MPI_Request* request) {
  counts.collectives += 1;
  return PMPI_Iexscan(send, receive, count, type, op, comm, request);
}

int MPI_Igather(const void* send, int send_count, MPI_Datatype send_type, void* receive, int receive_count,
                MPI_Datatype receive_type, int root, MPI_Comm comm, MPI_Request* request) {
  counts.collectives += 1;
  return PMPI_Igather(send, send_count, send_type, receive, receive_count, receive_type, root, comm, request);
}

int MPI_Iscatter(const void* send, int send_count, MPI_Datatype send_type, void* receive, int receive_count,
                 MPI_Datatype receive_type, int root, MPI_Comm comm, MPI_Request* request) {
  counts.collectives += 1;
  return PMPI_Iscatter(send, send_count, send_type, receive, receive_count, receive_type, root, comm, request);
}

int MPI_Iallgather(const void* send, int send_count, MPI_Datatype send_type, void* receive, int receive_count,
                   MPI_Datatype receive_type, MPI_Comm comm, MPI_Request* request) {
  counts.collectives += 1;
  return PMPI_Iallgather(send, send_count, send_type, receive, receive_count, receive_type, comm, request);
}

int MPI_Ialltoall(const void* send, int send_count, MPI_Datatype send_type, void* receive, int receive_count,
                  MPI_Datatype receive_type, MPI_Comm comm, MPI_Request* request) {
  counts.collectives += 1;
  return PMPI_Ialltoall(send, send_count, send_type, receive, receive_count, receive_type, comm, request);
}

}  // extern "C"

int main(int argc, char** argv) {
  Setting setting;
  const auto options = [&](CLI::App& app) {
    bench::add_common_options(app, setting, 12);
    app.add_option("--chunks", setting.chunks, "of a rank along the first axis; along the others 2");
    app.add_option("--shift", setting.shift, "cells by which blocks do not follow the chunks");
    app.add_option("--fields", setting.fields, "of a step");
  };
  return bench::run_main(argc, argv, "What a commit takes as ranks and chunks grow", options,
                         [&] { measure(setting); });
}
