#include "support/same_error.hpp"

#include <gtest/gtest.h>

#include "support/test_file.hpp"

namespace tessera_test {

namespace {

/// "within seconds", with room for four ranks on one busy core.
constexpr double max_seconds = 20;

/// Every rank's text, in rank order.
std::vector<std::string> gather(const std::string& own) {
  const auto ranks = static_cast<std::size_t>(world_size());
  const int length = static_cast<int>(own.size());
  std::vector<int> lengths(ranks);
  MPI_Allgather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, MPI_COMM_WORLD);
  std::vector<int> begins(ranks + 1, 0);
  for (std::size_t i = 0; i < ranks; ++i) begins[i + 1] = begins[i] + lengths[i];
  std::string all(static_cast<std::size_t>(begins[ranks]), '\0');
  MPI_Allgatherv(own.data(), length, MPI_CHAR, all.data(), lengths.data(), begins.data(), MPI_CHAR, MPI_COMM_WORLD);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < ranks; ++i) {
    texts.push_back(all.substr(static_cast<std::size_t>(begins[i]), static_cast<std::size_t>(lengths[i])));
  }
  return texts;
}

std::string text_of(const std::set<int>& ranks) {
  std::string text;
  for (const int rank : ranks) text += std::to_string(rank) + " ";
  return text;
}

}  // namespace

void expect_same_error(const Thrown& thrown, const Wanted& wanted) {
  const std::set<int> ranks(thrown.ranks.begin(), thrown.ranks.end());
  const std::string own = std::to_string(thrown.code) + " (ranks " + text_of(ranks) + "): " + thrown.what;
  const std::vector<std::string> all = gather(own);
  for (std::size_t rank = 0; rank < all.size(); ++rank) EXPECT_EQ(own, all[rank]) << "on rank " << rank;
  EXPECT_EQ(thrown.code, static_cast<int>(wanted.code)) << thrown.what;
  for (const std::string& word : wanted.words) {
    EXPECT_NE(thrown.what.find(word), std::string::npos) << "'" << word << "' is missing in: " << thrown.what;
  }
  if (!wanted.ranks.empty()) {
    EXPECT_EQ(ranks, wanted.ranks) << thrown.what;
  }
  EXPECT_LT(thrown.seconds, max_seconds);
}

std::vector<std::set<int>> culprits() {
  std::vector<std::set<int>> result;
  std::set<int> all;
  for (int rank = 0; rank < world_size(); ++rank) {
    result.push_back({rank});
    all.insert(rank);
  }
  if (all.size() > 1) result.push_back(all);
  return result;
}

std::string name_of(const std::set<int>& ranks) {
  return ranks.size() == 1 && world_size() > 1 ? "rank " + std::to_string(*ranks.begin()) : "";
}

}  // namespace tessera_test
