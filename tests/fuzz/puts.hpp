#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include <tessera/tessera.hpp>

#include "field_options.hpp"
#include "levels.hpp"
#include "program.hpp"

namespace fuzz {

/// What one rank puts: values are functions of their places, the step and the field, as check_fuzz.py knows.
class Puts {
 public:
  int rank = 0;
  int ranks = 1;
  int row = 0;                                     ///< number of the step in its run
  std::map<int, std::vector<std::int64_t>> nodes;  ///< of the last mesh of each run, this rank's
  std::vector<std::shared_ptr<void>> arrays;       ///< that steps refer to

  /// Values at this rank's nodes, or its rows of a table; too few where the call is one that went wrong.
  template <class T>
  void put_own(tessera::Step& step, const tessera::Field<T>& field, const Call& call) {
    std::vector<T> values;
    const auto add = [&](std::int64_t place) {
      for (std::int64_t i = place * call.components; i < (place + 1) * call.components; ++i)
        values.push_back(static_cast<T>(i + 1000 * row + 7 * call.field));
    };
    if (call.on == On::nodes) {
      std::ranges::for_each(nodes[call.run], add);
      if ((call.null_pointer || call.shift != 0) && !values.empty()) values.pop_back();
    } else {
      const std::int64_t rows = 3 * row % 7;
      for (std::int64_t own = rows * rank / ranks; own < rows * (rank + 1) / ranks; ++own) add(own);
    }
    step.put(field, std::move(values));
  }

  /// The same in the boxes of all levels.
  template <class T>
  void put_levels(tessera::Step& step, const tessera::RefinedField<T>& field, const Call& call) {
    for (int level = 0; level < 2; ++level) {
      std::vector<std::vector<T>> values;
      for (const tessera::Box& box : field.refinement().boxes(level)) {
        values.push_back(values_in<T>(box, level, call.components, [&](std::int64_t number) {
          return static_cast<T>(number + 1000 * row + 7 * call.field);
        }));
      }
      if ((call.null_pointer || call.shift != 0) && !values.empty()) values.back().pop_back();
      step.put(field, level, values);
    }
  }

  /// This rank's slab of a field.
  template <class T>
  void put_slab(tessera::Step& step, const tessera::Field<T>& field, const Call& call) {
    const std::int64_t rows = call.shape[0];
    tessera::Box box = tessera::Box::at(tessera::Index::filled(call.shape.size(), 0), call.shape);
    box.lower[0] = rows * rank / ranks + call.shift;
    box.upper[0] = rows * (rank + 1) / ranks + call.shift;
    std::int64_t cells_per_row = call.components;
    for (std::size_t axis = 1; axis < call.shape.size(); ++axis) cells_per_row *= call.shape[axis];
    auto values = std::make_shared<std::vector<T>>();
    for (std::int64_t i = box.lower[0] * cells_per_row; i < box.upper[0] * cells_per_row; ++i) {
      values->push_back(static_cast<T>(i + 1000 * row + 7 * call.field));
    }
    arrays.push_back(values);
    if (has_names(call) && !call.null_pointer && !values->empty()) {
      put_components(step, field, box, values->data());
    } else {
      step.put(field, box, call.null_pointer ? static_cast<const T*>(nullptr) : values->data());
    }
  }

 private:
  /// Each component as an array of its own.
  template <class T>
  void put_components(tessera::Step& step, const tessera::Field<T>& field, const tessera::Box& box, const T* values) {
    const tessera::Index extents = box.extents();
    tessera::Index strides = extents;
    std::int64_t stride = 3;
    for (std::size_t axis = extents.size(); axis-- > 0; stride *= extents[axis]) strides[axis] = stride;
    const auto component = [&](int number) { return tessera::array(values + number, extents, strides); };
    step.put(field, box, tessera::components(component(0), component(1), component(2)));
  }
};

}  // namespace fuzz
