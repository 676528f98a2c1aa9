/// \file
/// The messages of a commit on a simulated machine: ranks on nodes of a fat tree, by SimGrid. Prints a line of JSON,
/// which model.py compares with its model: seconds from the end of each stage on all ranks to that of the next, without
/// encoding, writing and publishing between. Asserts nothing.
///
///     network [--ranks N] [--chunks N] [--exchange BYTES] [--node RANKS] [--collectives linear|tree]
///     [--registrations direct|node|tree] [--latency S] [--bandwidth BYTES_PER_S] [--send S] [--receive S]
///
/// A message costs its sender and its receiver time in which they do nothing else (--send, --receive), each link on its
/// way a sixth of --latency, and all messages of a node share its link to the tree. --collectives: how MPI gathers and
/// scatters a few numbers of each rank: linear as Open MPI does without blocking, or by a binomial tree as MPICH does.
/// --registrations: 16 bytes a chunk that go to rank 0, directly (what the library does), by one rank of each node, or
/// up a binomial tree.

#include <CLI/CLI.hpp>
#include <simgrid/s4u.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace {

namespace s4u = simgrid::s4u;

struct Setting {
  int ranks = 1000;
  std::int64_t chunks = 100;  ///< of a rank
  std::int64_t exchange = 500000;
  int node = 64;
  std::string collectives = "linear";
  std::string registrations = "direct";
  double latency = 1.5e-6;
  double bandwidth = 12.5e9;
  double send = 0.25e-6;
  double receive = 1e-6;
};

enum Stage { agree, prepare, exchange, numbers, registrations, answer, stages };
constexpr std::array names{"agree", "prepare", "exchange", "numbers", "registrations", "answer"};

/// Who sends to whom, up to rank 0.
struct Tree {
  std::function<int(int)> parent;                 ///< of a rank that is not 0
  std::function<std::vector<int>(int)> children;  ///< those with most below them first
  std::function<int(int)> size;                   ///< ranks below, and itself
};

int lowest_bit(int rank, int ranks) {
  int bit = 1;
  while (bit < ranks && (rank & bit) == 0) bit *= 2;
  return bit;
}

Tree binomial(int ranks) {
  const auto children = [ranks](int rank) {
    std::vector<int> all;
    for (int bit = lowest_bit(rank, ranks) / 2; bit > 0; bit /= 2) {
      if (rank + bit < ranks) all.push_back(rank + bit);
    }
    return all;
  };
  return {[](int rank) { return rank & (rank - 1); }, children,
          [ranks](int rank) { return std::min(lowest_bit(rank, ranks), ranks - rank); }};
}

/// Two levels: groups of so many, whose first one is below rank 0; one level with groups of one.
Tree grouped(int ranks, int group) {
  const auto children = [=](int rank) {
    std::vector<int> all;
    for (int one = group; rank == 0 && one < ranks; one += group) all.push_back(one);
    for (int one = rank + 1; rank % group == 0 && one < std::min(ranks, rank + group); ++one) all.push_back(one);
    return all;
  };
  return {[=](int rank) { return rank % group == 0 ? 0 : rank - rank % group; }, children,
          [=](int rank) {
            if (rank == 0) return ranks;
            return rank % group == 0 ? std::min(group, ranks - rank) : 1;
          }};
}

/// A cube of ranks, as far as the number has such divisors.
std::array<int, 3> dims_of(int ranks) {
  std::array<int, 3> dims{1, 1, ranks};
  for (int a = 1; a * a * a <= ranks; ++a) {
    for (int b = a; ranks % a == 0 && a * b * b <= ranks; ++b) {
      if (ranks / a % b == 0) dims = {a, b, ranks / a / b};
    }
  }
  return dims;
}

class Commit {
 public:
  explicit Commit(const Setting& setting) : setting_(setting) {}

  /// What one rank does.
  void run(int rank) {
    for (int stage = 0; stage < stages; ++stage) mailbox(rank, stage)->set_receiver(s4u::Actor::self());
    const Tree tree = binomial(ranks_);
    const Tree of_numbers = setting_.collectives == "tree" ? tree : grouped(ranks_, 1);
    const Tree of_registrations = setting_.registrations == "tree"   ? tree
                                  : setting_.registrations == "node" ? grouped(ranks_, setting_.node)
                                                                     : grouped(ranks_, 1);
    reduce_and_broadcast(rank, tree, agree);
    reduce_and_broadcast(rank, tree, prepare);
    exchange_pieces(rank);
    gather(rank, of_numbers, numbers, 24);
    gather(rank, of_registrations, registrations, 16 * (setting_.chunks + 8));
    scatter(rank, of_numbers, answer, 24);
  }

  void print() const {
    std::printf("{\"simulated_ranks\": %d, \"chunks\": %lld, \"collectives\": \"%s\", \"registrations\": \"%s\"",
                ranks_, static_cast<long long>(setting_.chunks * ranks_), setting_.collectives.c_str(),
                setting_.registrations.c_str());
    for (std::size_t stage = 0; stage < stages; ++stage) {
      std::printf(", \"%s_s\": %.4g", names[stage], ends_[stage] - (stage > 0 ? ends_[stage - 1] : 0));
    }
    std::printf("}\n");
  }

 private:
  static s4u::Mailbox* mailbox(int rank, int stage) {
    return s4u::Mailbox::by_name(std::to_string(rank) + "." + std::to_string(stage));
  }
  void send(int to, int stage, std::int64_t bytes) const {
    static char payload;
    s4u::this_actor::sleep_for(setting_.send);
    mailbox(to, stage)->put_init(&payload, static_cast<std::uint64_t>(bytes))->detach();
  }
  void receive(int rank, int stage, std::size_t count) const {
    for (; count > 0; --count) {
      mailbox(rank, stage)->get<char>();
      s4u::this_actor::sleep_for(setting_.receive);
    }
  }
  void is_over(int stage) { ends_[stage] = std::max(ends_[stage], s4u::Engine::get_clock()); }

  void reduce_and_broadcast(int rank, const Tree& tree, Stage stage) {
    constexpr std::int64_t bytes = 56;
    const auto children = tree.children(rank);
    receive(rank, stage, children.size());
    if (rank > 0) {
      send(tree.parent(rank), stage, bytes);
      receive(rank, stage, 1);
    }
    for (const int child : children) send(child, stage, bytes);
    is_over(stage);
  }

  void exchange_pieces(int rank) {
    const auto dims = dims_of(ranks_);
    const std::array<int, 3> strides{dims[1] * dims[2], dims[2], 1};
    std::size_t neighbours = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const int at = rank / strides[axis] % dims[axis];
      for (const int step : {-1, 1}) {
        if (at + step < 0 || at + step >= dims[axis]) continue;
        send(rank + step * strides[axis], exchange, setting_.exchange);
        ++neighbours;
      }
    }
    receive(rank, exchange, neighbours);
    is_over(exchange);
  }

  void gather(int rank, const Tree& tree, Stage stage, std::int64_t bytes) {
    receive(rank, stage, tree.children(rank).size());
    if (rank > 0) send(tree.parent(rank), stage, bytes * tree.size(rank));
    is_over(stage);
  }

  void scatter(int rank, const Tree& tree, Stage stage, std::int64_t bytes) {
    if (rank > 0) receive(rank, stage, 1);
    for (const int child : tree.children(rank)) send(child, stage, bytes * tree.size(child));
    is_over(stage);
  }

  const Setting& setting_;
  int ranks_ = setting_.ranks;
  std::array<double, stages> ends_{};
};

/// Three levels of switches, as many nodes below each as are needed, and as many links upwards.
void make_machine(const Setting& setting, int nodes) {
  unsigned int width = 1;
  while (width * width * width < static_cast<unsigned int>(nodes)) ++width;
  const double link = setting.latency / 6;
  const s4u::ClusterCallbacks callbacks(
      [](s4u::NetZone* zone, const std::vector<unsigned long>&, unsigned long id) {
        return std::pair(zone->create_host("node-" + std::to_string(id), 1e9)->get_netpoint(),
                         static_cast<simgrid::kernel::routing::NetPoint*>(nullptr));
      },
      [&](s4u::NetZone* zone, const std::vector<unsigned long>&, unsigned long id) {
        return zone->create_link("memory-" + std::to_string(id), setting.bandwidth)
            ->set_latency(link)
            ->set_sharing_policy(s4u::Link::SharingPolicy::FATPIPE)
            ->seal();
      },
      {});
  s4u::create_fatTree_zone("machine", nullptr, {3, {width, width, width}, {1, width, width}, {1, 1, 1}}, callbacks,
                           setting.bandwidth, link, s4u::Link::SharingPolicy::SPLITDUPLEX)
      ->seal();
}

void simulate(const Setting& setting, s4u::Engine& engine) {
  const int ranks = setting.ranks;
  make_machine(setting, (ranks + setting.node - 1) / setting.node);
  Commit commit(setting);
  for (int rank = 0; rank < ranks; ++rank) {
    s4u::Actor::create("rank-" + std::to_string(rank),
                       s4u::Host::by_name("node-" + std::to_string(rank / setting.node)),
                       [&, rank] { commit.run(rank); });
  }
  engine.run();
  commit.print();
}

}  // namespace

int main(int argc, char** argv) {
  s4u::Engine engine(&argc, argv);  // takes its own options: --cfg=...
  s4u::Engine::set_config("contexts/stack-size:32");
  s4u::Engine::set_config("contexts/guard-size:0");
  s4u::Engine::set_config("network/model:CM02");
  s4u::Engine::set_config("network/TCP-gamma:0");
  s4u::Engine::set_config("network/crosstraffic:0");
  Setting setting;
  CLI::App app("The messages of a commit on a simulated machine");
  app.add_option("--ranks", setting.ranks, "of the commit")->check(CLI::Range(2, 1 << 22));
  app.add_option("--chunks", setting.chunks, "of a rank");
  app.add_option("--exchange", setting.exchange, "bytes that go to each neighbour");
  app.add_option("--node", setting.node, "ranks of a node")->check(CLI::PositiveNumber);
  app.add_option("--collectives", setting.collectives, "of MPI")->check(CLI::IsMember({"linear", "tree"}));
  app.add_option("--registrations", setting.registrations, "how they go")
      ->check(CLI::IsMember({"direct", "node", "tree"}));
  app.add_option("--latency", setting.latency, "of the longest way, seconds");
  app.add_option("--bandwidth", setting.bandwidth, "of a node, bytes per second");
  app.add_option("--send", setting.send, "seconds of the sender");
  app.add_option("--receive", setting.receive, "seconds of the receiver");
  CLI11_PARSE(app, argc, argv);
  simulate(setting, engine);
  return 0;
}
