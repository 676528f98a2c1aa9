#include "comm/node.hpp"
#include "tools/doctor/checks.hpp"
#include "tools/doctor/text.hpp"

namespace tessera::doctor {

Finding check_processors(const comm::Communicator& comm) {
  constexpr const char* name = "processors";
  const comm::Node node = comm::query_node(comm);
  const std::string ranks = count_text(node.ranks, "rank") + " on this node";
  const std::string processors = count_text(node.processors, "processor");
  if (node.ranks > node.processors) {
    return {Status::warning, name,
            ranks + " share " + processors + ": a rank that waits takes time from one that works",
            "start fewer ranks per node, or ask the batch system and mpiexec (--bind-to none) for more processors"};
  }
  if (node.crowded) {
    return {Status::warning, name, ranks + " may use " + processors + ", but some are bound to the same ones",
            "bind each rank to its own: mpiexec --bind-to core, srun --cpu-bind=cores; not several mpiexec at once"};
  }
  return {Status::ok, name,
          ranks + ", " + processors + "; threads that compress per rank: " + std::to_string(node.share)};
}

}  // namespace tessera::doctor
