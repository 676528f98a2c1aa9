#include "witness.hpp"

#include <algorithm>

namespace tessera::fault {

std::atomic<long> Witness::progress{0};

namespace {

/// What one rank saw of a call.
struct Seen {
  std::uint64_t code = 0;  ///< of ErrorCode; 0: nothing was thrown
  std::uint64_t text = 0;  ///< a hash
  std::uint64_t late = 0;  ///< beyond the limit
};

/// Every rank's text, in order.
std::vector<std::string> all_texts(const std::string& own, int size) {
  const int length = static_cast<int>(own.size());
  std::vector<int> lengths(static_cast<std::size_t>(size));
  MPI_Allgather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, MPI_COMM_WORLD);
  std::vector<int> begins{0};
  for (const int one : lengths) begins.push_back(begins.back() + one);
  std::string all(static_cast<std::size_t>(begins.back()), '\0');
  MPI_Allgatherv(own.data(), length, MPI_CHAR, all.data(), lengths.data(), begins.data(), MPI_CHAR, MPI_COMM_WORLD);
  std::vector<std::string> texts;
  for (std::size_t rank = 0; rank < lengths.size(); ++rank) {
    texts.push_back(all.substr(static_cast<std::size_t>(begins[rank]), static_cast<std::size_t>(lengths[rank])));
  }
  return texts;
}

}  // namespace

Witness::Witness(double limit, Outcome& outcome) : limit_(limit), outcome_(outcome) {
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  MPI_Comm_size(MPI_COMM_WORLD, &size_);
}

bool Witness::call(const std::string& name, const std::function<void()>& action) {
  progress += 1;
  const double begin = MPI_Wtime();
  Seen own;
  std::string text;
  try {
    action();
  } catch (const Error& error) {
    own.code = static_cast<std::uint64_t>(error.code());
    text = error.what();
  } catch (const std::exception& error) {
    own.code = 1000;
    text = error.what();
  }
  own.text = std::hash<std::string>{}(text);
  own.late = MPI_Wtime() - begin > limit_ ? 1 : 0;
  std::vector<Seen> all(static_cast<std::size_t>(size_));
  MPI_Allgather(&own, 3, MPI_UINT64_T, all.data(), 3, MPI_UINT64_T, MPI_COMM_WORLD);
  const auto differs = [&](const Seen& seen) { return seen.code != all[0].code || seen.text != all[0].text; };
  if (std::any_of(all.begin(), all.end(), differs)) {
    std::string report = name + ":";
    for (const std::string& one : all_texts(text, size_)) report += " [" + one + "]";
    outcome_.disagreements.push_back(report);
  }
  if (std::any_of(all.begin(), all.end(), [](const Seen& seen) { return seen.late != 0; }))
    outcome_.hangs.push_back(name);
  const bool fine = std::all_of(all.begin(), all.end(), [](const Seen& seen) { return seen.code == 0; });
  if (fine) return true;
  outcome_.errors += 1;
  outcome_.last_error = name + ": " + text;
  if (outcome_.first_error.empty()) outcome_.first_error = outcome_.last_error;
  if (text.find("may hold") != std::string::npos) outcome_.in_doubt = true;
  return false;
}

bool Witness::on_any(bool here) const {
  int value = here ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  return value != 0;
}

std::vector<Counts> Witness::gather(const Counts& own) const {
  std::vector<Counts> all(static_cast<std::size_t>(size_));
  MPI_Allgather(own.data(), kinds, MPI_LONG, all.data(), kinds, MPI_LONG, MPI_COMM_WORLD);
  return all;
}

}  // namespace tessera::fault
