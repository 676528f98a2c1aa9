#pragma once

#include <cstdint>
#include <vector>

#include <tessera/tessera.hpp>

namespace tessera::crash {

/// Two levels: the domain of 4 x 6 cells, and a strip of finer ones that moves in every second step.
class Refined {
 public:
  explicit Refined(tessera::Run& run)
      : amr_(run.refinement("amr", {.cells = {4, 6}})), field_(run.field<double>("q", amr_)) {}

  void regrid(tessera::Run& run, int step, int rank, int size) const {
    const std::int64_t first = 4 * rank / size, end = 4 * (rank + 1) / size, x = 2 * (step / 2 % 4);
    tessera::LevelBoxes own(2);
    if (first < end) own = {{{{first, 0}, {end, 6}}}, {{{2 * first, x}, {2 * end, x + 4}}}};
    run.regrid(amr_, own);
  }

  void put(tessera::Step& step, int number) const {
    for (int level = 0; level < 2; ++level) {
      std::vector<std::vector<double>> values;
      for (const tessera::Box& box : amr_.boxes(level)) {
        auto& cells = values.emplace_back();
        for (std::int64_t y = box.lower[0]; y < box.upper[0]; ++y) {
          for (std::int64_t x = box.lower[1]; x < box.upper[1]; ++x)
            cells.push_back(static_cast<double>(1000 * level + 10000 * number + 12 * y + x));
        }
      }
      step.put(field_, level, values);
    }
  }

 private:
  tessera::Refinement amr_;
  tessera::RefinedField<double> field_;
};

}  // namespace tessera::crash
