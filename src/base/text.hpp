#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// The shortest text that reads back as the same number: 0.01 is "0.01".
std::string exact(double value);
std::string exact(float value);

/// 'name', for messages.
std::string in_quotes(std::string_view text);

/// "rank 3", "ranks 3 and 7", "ranks 3, 7 and 12 more": a few of many, for messages.
std::string list_ranks(const std::vector<int>& ranks);

}  // namespace tessera
