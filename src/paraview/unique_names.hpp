#pragma once

#include <algorithm>
#include <set>
#include <string>

namespace tessera::paraview {

/// Names of arrays, without characters that VTK refuses; those that are taken already get a number.
class UniqueNames {
 public:
  std::string unique(std::string name) {
    std::ranges::replace_if(
        name, [](char letter) { return letter == '.' || letter == '/'; }, '_');
    std::string tried = name;
    for (int number = 2; !taken_.insert(tried).second; ++number) tried = name + "_" + std::to_string(number);
    return tried;
  }

 private:
  std::set<std::string> taken_;
};

}  // namespace tessera::paraview
