#pragma once

#include <string>
#include <vector>

#include "case.hpp"

namespace bench {

/// Seconds of each repetition (the slowest rank's), and what they wrote.
struct Result {
  Case what;
  int ranks = 1;
  std::vector<double> by_hand;
  std::vector<double> tessera;
  double stored_bytes = 0;  ///< size of the file that Tessera wrote

  double raw_bytes() const;
};

/// Speed of Tessera over that of the hand-written code, from the medians: above 1 Tessera is faster.
double speed_ratio(const Result& result);
/// The same from the fastest repetition of each: what other programs on the machine disturb least.
double speed_ratio_of_fastest(const Result& result);

std::string table_header();
std::string table_row(const Result& result);
/// Example: [1.5, 2]
std::string json_list(const std::vector<double>& values);
/// One line.
std::string json(const Result& result);

}  // namespace bench
