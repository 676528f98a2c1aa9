#include "data_sets.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "femm_field.hpp"
#include "field_functions.hpp"

namespace tessera::bench {

namespace {

template <class T>
struct Field {
  std::array<std::size_t, 3> shape{};
  std::vector<T> values;
};

/// function(point, index of the point)
template <class T, class Function>
Field<T> sample(std::size_t edge, Function&& function) {
  Field<T> field{{edge, edge, edge}, {}};
  field.values.reserve(edge * edge * edge);
  const auto position = [edge](std::size_t i) { return (static_cast<double>(i) + 0.5) / static_cast<double>(edge); };
  for (std::size_t z = 0; z < edge; ++z) {
    for (std::size_t y = 0; y < edge; ++y) {
      for (std::size_t x = 0; x < edge; ++x) {
        const Point p{position(z), position(y), position(x)};
        field.values.push_back(static_cast<T>(function(p, (z * edge + y) * edge + x)));
      }
    }
  }
  return field;
}

template <class To, class From, class Function>
Field<To> mapped(const Field<From>& field, Function&& function) {
  Field<To> result{field.shape, {}};
  result.values.reserve(field.values.size());
  for (const From value : field.values) result.values.push_back(static_cast<To>(function(value)));
  return result;
}

template <class T>
Field<float> as_float(const Field<T>& field) {
  return mapped<float>(field, [](T value) { return value; });
}

template <class T>
std::vector<std::byte> cut_chunk(const Field<T>& field, const std::array<std::size_t, 3>& first,
                                 const std::array<std::size_t, 3>& extent) {
  std::vector<T> chunk(extent[0] * extent[1] * extent[2]);
  const auto& shape = field.shape;
  for (std::size_t z = first[0]; z < std::min(first[0] + extent[0], shape[0]); ++z) {
    for (std::size_t y = first[1]; y < std::min(first[1] + extent[1], shape[1]); ++y) {
      for (std::size_t x = first[2]; x < std::min(first[2] + extent[2], shape[2]); ++x) {
        chunk[((z - first[0]) * extent[1] + y - first[1]) * extent[2] + x - first[2]] =
            field.values[(z * shape[1] + y) * shape[2] + x];
      }
    }
  }
  std::vector<std::byte> bytes(chunk.size() * sizeof(T));
  std::memcpy(bytes.data(), chunk.data(), bytes.size());
  return bytes;
}

/// A chunk is not longer than the field.
template <class T>
void cut_into(DataSet& set, const Field<T>& field, std::array<std::size_t, 3> chunk) {
  for (std::size_t axis = 0; axis < 3; ++axis) chunk[axis] = std::min(chunk[axis], field.shape[axis]);
  for (std::size_t z = 0; z < field.shape[0]; z += chunk[0]) {
    for (std::size_t y = 0; y < field.shape[1]; y += chunk[1]) {
      for (std::size_t x = 0; x < field.shape[2]; x += chunk[2])
        set.chunks.push_back(cut_chunk(field, {z, y, x}, chunk));
    }
  }
}

class Collector {
 public:
  explicit Collector(const Variant& variant) : variant_(variant) {}

  template <class T>
  void add(const std::string& name, const Field<T>& field) {
    DataSet& set = sets_.emplace_back(DataSet{name, sizeof(T), {}});
    cut_into(set, field, variant_.chunk);
  }
  std::vector<DataSet> take() { return std::move(sets_); }
  DataSet& append(const std::string& name, std::size_t element_bytes) {
    return sets_.emplace_back(DataSet{name, element_bytes, {}});
  }

 private:
  Variant variant_;
  std::vector<DataSet> sets_;
};

/// The solver stops at a relative error of 1e-9, which looks random.
void add_heat(Collector& collector, const Variant& variant) {
  constexpr std::array<std::pair<const char*, double>, 3> times{{{"early", 0.002}, {"middle", 0.05}, {"late", 2.0}}};
  for (const auto& [name, time] : times) {
    const Heat heat(time, variant.wave_number);
    const Field<double> field = sample<double>(variant.edge, [&](const Point& p, std::size_t index) {
      return heat(p) * (1 + 1e-9 * hashed_normal(variant.seed, index));
    });
    collector.add(std::string("heat ") + name + " f64", field);
    collector.add(std::string("heat ") + name + " f32", as_float(field));
  }
}

void add_turbulent(Collector& collector, const Variant& variant) {
  const Turbulence turbulence(variant.seed, variant.wave_number);
  const Field<double> field = sample<double>(variant.edge, [&](const Point& p, std::size_t) { return turbulence(p); });
  collector.add("turbulence f64", field);
  collector.add("turbulence f32", as_float(field));
  collector.add("16-bit mantissa f64", mapped<double>(field, rounded_to_16_bits));
  const double radius2 = 0.05 / (variant.wave_number * variant.wave_number);
  const std::size_t edge = variant.edge;
  std::size_t index = 0;
  collector.add("plume f64", mapped<double>(field, [&](double value) {
                  const std::size_t i = index++;
                  double r2 = 0;
                  for (const std::size_t n : {i / (edge * edge), i / edge % edge, i % edge}) {
                    const double distance = static_cast<double>(n) / static_cast<double>(edge) - 0.45;
                    r2 += distance * distance;
                  }
                  return r2 < radius2 ? value : 0;
                }));
}

void add_others(Collector& collector, const Variant& variant) {
  collector.add("mirror f64", sample<double>(variant.edge, [&](const Point& p, std::size_t) {
                  return mirror_symmetric(p, variant.wave_number);
                }));
  collector.add("white noise f64", sample<double>(variant.edge, [&](const Point&, std::size_t index) {
                  return hashed_normal(variant.seed, index);
                }));
  const Labels labels(variant.seed, variant.wave_number);
  collector.add("labels i32",
                sample<std::int32_t>(variant.edge, [&](const Point& p, std::size_t) { return labels(p); }));
  collector.add("constant f64", sample<double>(variant.edge, [](const Point&, std::size_t) { return 293.15; }));
}

void add_femm(Collector& collector, const Variant& variant, const std::string& file) {
  DataSet& set = collector.append("FEMM field f64", sizeof(double));
  for (const FemmComponent& component : read_femm_field(file)) {
    cut_into(set, Field<double>{component.shape, component.values}, variant.chunk);
  }
}

}  // namespace

std::vector<DataSet> make_data_sets(const Variant& variant, const std::string& femm_file) {
  Collector collector(variant);
  add_heat(collector, variant);
  if (!femm_file.empty()) add_femm(collector, variant, femm_file);
  add_turbulent(collector, variant);
  add_others(collector, variant);
  return collector.take();
}

}  // namespace tessera::bench
