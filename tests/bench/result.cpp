#include "result.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>

#include "median.hpp"

namespace bench {

namespace {

double megabytes_per_second(const Result& result, double seconds) { return result.raw_bytes() / seconds / 1e6; }

std::string codec(const Case& what) { return what.level == 0 ? "none" : "deflate " + std::to_string(what.level); }

/// Of the pairs by hand / Tessera that ran one after the other: the quarter point from below (0.25), from above (0.75).
double quantile_of_pairs(const Result& result, double share) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < result.tessera.size(); ++i) ratios.push_back(result.by_hand[i] / result.tessera[i]);
  std::ranges::sort(ratios);
  return ratios[static_cast<std::size_t>(share * static_cast<double>(ratios.size() - 1) + 0.5)];
}

}  // namespace

double Result::raw_bytes() const {
  return static_cast<double>(what.edge * what.edge * what.edge) * what.steps * static_cast<double>(sizeof(double));
}

double speed_ratio(const Result& result) { return median(result.by_hand) / median(result.tessera); }

double speed_ratio_of_fastest(const Result& result) {
  return std::ranges::min(result.by_hand) / std::ranges::min(result.tessera);
}

std::string json_list(const std::vector<double>& values) {
  std::ostringstream text;
  for (std::size_t i = 0; i < values.size(); ++i) text << (i == 0 ? "" : ", ") << values[i];
  return "[" + text.str() + "]";
}

std::string table_header() {
  return "engine      directory       ranks  points  steps  codec      halo  by hand MB/s  Tessera MB/s  ratio  "
         "(quartiles of pairs)  of fastest  raw/stored";
}

std::string table_row(const Result& result) {
  const Case& what = result.what;
  std::ostringstream text;
  text << std::left << std::setw(12) << what.engine << std::setw(14) << what.directory << std::right << std::setw(7)
       << result.ranks << std::setw(6) << what.edge << "^3" << std::setw(7) << what.steps << "  " << std::left
       << std::setw(9) << codec(what) << std::right << std::setw(6) << what.halo << std::fixed << std::setprecision(0)
       << std::setw(14) << megabytes_per_second(result, median(result.by_hand)) << std::setw(14)
       << megabytes_per_second(result, median(result.tessera)) << std::setprecision(3) << std::setw(7)
       << speed_ratio(result) << "  (" << quantile_of_pairs(result, 0.25) << " - " << quantile_of_pairs(result, 0.75)
       << ")" << std::setw(17) << speed_ratio_of_fastest(result) << std::setw(12)
       << result.raw_bytes() / result.stored_bytes;
  return text.str();
}

std::string json(const Result& result) {
  const Case& what = result.what;
  std::ostringstream text;
  text << "{\"engine\": \"" << what.engine << "\", \"directory\": \"" << what.directory
       << "\", \"ranks\": " << result.ranks << ", \"edge\": " << what.edge << ", \"chunk\": " << what.chunk
       << ", \"steps\": " << what.steps << ", \"level\": " << what.level << ", \"halo\": " << what.halo
       << ", \"raw_bytes\": " << static_cast<std::int64_t>(result.raw_bytes())
       << ", \"stored_bytes\": " << static_cast<std::int64_t>(result.stored_bytes)
       << ", \"by_hand_seconds\": " << json_list(result.by_hand)
       << ", \"tessera_seconds\": " << json_list(result.tessera) << ", \"speed_ratio\": " << speed_ratio(result)
       << ", \"speed_ratio_of_fastest\": " << speed_ratio_of_fastest(result) << "}";
  return text.str();
}

}  // namespace bench
