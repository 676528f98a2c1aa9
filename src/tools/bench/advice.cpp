#include "tools/bench/advice.hpp"

#include <algorithm>

#include <tessera/options.hpp>

#include "base/text.hpp"

namespace tessera::tools {

namespace {

constexpr double noticeable = 1.1;  ///< less may be chance

std::vector<const BenchRow*> direct_rows(const BenchResults& results, bool is_compressed) {
  std::vector<const BenchRow*> rows;
  for (const BenchRow& row : results.rows) {
    if (!row.is_stock && row.chunk_bytes > 0 && row.is_compressed == is_compressed) rows.push_back(&row);
  }
  return rows;
}

std::string times(double factor) { return fixed(factor, factor < 10 ? 1 : 0) + " times"; }

std::string of_chunks(const std::vector<const BenchRow*>& rows) {
  const BenchRow& best = **std::ranges::min_element(rows, {}, &BenchRow::seconds);
  const auto usual = std::ranges::find(rows, Options{}.chunk_bytes, &BenchRow::chunk_bytes);
  const std::string name = "chunk bytes: ";
  if (usual == rows.end() || (*usual)->seconds <= noticeable * best.seconds)
    return name + "the default, " + size_text(Options{}.chunk_bytes) + ", is as fast as others";
  return name + "Options::chunk_bytes = " + std::to_string(best.chunk_bytes) + " is " +
         times((*usual)->seconds / best.seconds) + " as fast as the default here";
}

std::string of_codec(const BenchRow& compressed, const BenchRow& plain) {
  const std::string name = "compression: ";
  if (plain.seconds * noticeable >= compressed.seconds)
    return name + "costs no time here, and saves " + fixed(100 - 100 / compressed.ratio, 0) + " % of the space";
  return name + "without (Codec::none()) commits are " + times(compressed.seconds / plain.seconds) +
         " as fast; with it files have 1/" + fixed(compressed.ratio, 2) + " of the size, for this field";
}

/// Where most of a commit's time goes, and what helps there.
std::string of_ranks(const BenchRow& row, std::size_t threads) {
  const StageSeconds& seconds = row.typical.mean;
  const std::string name = "ranks: ";
  const double most = std::max({seconds.encode, seconds.write + seconds.sync, seconds.exchange + seconds.place});
  if (most == seconds.encode)
    return name + "encoding takes most of a commit, on " + std::to_string(threads) +
           (threads == 1 ? " thread" : " threads") +
           " a rank: more ranks, or processors for each rank (Options::threads), make it faster";
  if (most == seconds.write + seconds.sync)
    return name + "the file system takes most of a commit: more ranks on these nodes do not help";
  return name + "waiting for other ranks takes most of a commit: fewer of them, or larger steps";
}

std::string of_slowest(const SlowestRank& slowest) {
  return "slowest rank: rank " + std::to_string(slowest.rank) + " on " + slowest.host + " takes " +
         times(slowest.imbalance) + " as long as the mean; is that node busy, or are two ranks on one processor?";
}

/// So small a step would be written in the time that any commit takes.
std::string of_small_steps(const BenchResults& results, const BenchRow& row) {
  return "small steps: a commit takes " + fixed(1e3 * results.small_commit_seconds, 2) +
         " ms even where there is nothing in it, as long as " +
         size_text(results.small_commit_seconds * results.rate(row)) +
         " take; commit more at a time where steps are smaller";
}

}  // namespace

std::vector<std::string> advice(const BenchResults& results) {
  const auto compressed = direct_rows(results, true);
  const auto plain = direct_rows(results, false);
  if (plain.empty()) return {};
  const BenchRow& usual =
      compressed.empty() ? *plain[0] : **std::ranges::min_element(compressed, {}, &BenchRow::seconds);
  std::vector<std::string> sentences;
  if (!compressed.empty()) {
    sentences.push_back(of_chunks(compressed));
    sentences.push_back(of_codec(usual, *plain[0]));
  }
  sentences.push_back(of_ranks(usual, results.threads));
  constexpr double imbalanced = 1.3;
  if (usual.typical.slowest.imbalance > imbalanced) sentences.push_back(of_slowest(usual.typical.slowest));
  sentences.push_back(of_small_steps(results, usual));
  if (!results.striping.empty()) sentences.push_back("striping: " + results.striping);
  return sentences;
}

}  // namespace tessera::tools
