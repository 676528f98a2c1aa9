#include "report.hpp"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace tessera::bench {

namespace {

/// What is asked of the default level: this part of zlib's ratio, and less where that is large.
double least_quotient(double zlib_ratio) { return zlib_ratio > 8 ? 0.95 : 0.98; }

/// Easy for any planner; the second mean leaves them out.
bool is_trivial(const std::string& name) { return name.starts_with("white noise") || name.starts_with("constant"); }

class GeometricMean {
 public:
  void add(double value) {
    sum_ += std::log(value);
    ++count_;
  }
  double value() const { return count_ == 0 ? 0 : std::exp(sum_ / count_); }

 private:
  double sum_ = 0;
  int count_ = 0;
};

void print_level(const std::vector<Measurement>& measurements, std::size_t index, int level) {
  std::printf(
      "\nlevel %d           |    zlib 4       |     ours        | speed/zlib 4   | ratio/zlib 4\n"
      "                  |   MB/s    ratio |   MB/s    ratio |   all    first |   all    first\n",
      level);
  GeometricMean all;
  GeometricMean first;
  GeometricMean not_trivial;
  for (const Measurement& m : measurements) {
    const Speed& ours = m.levels[index];
    const double factor = ours.median / m.zlib.median;
    const double quotient = ours.ratio / m.zlib.ratio;
    const char* mark = level == 4 && quotient < least_quotient(m.zlib.ratio) ? "  too low" : "";
    std::printf("%-18s|%7.0f %8.3f |%7.0f %8.3f |%6.1f %8.1f | %6.3f %7.3f%s\n", m.name.c_str(), m.zlib.median,
                m.zlib.ratio, ours.median, ours.ratio, factor, ours.first / m.zlib.median, quotient,
                ours.first_ratio / m.zlib.ratio, mark);
    all.add(factor);
    first.add(ours.first / m.zlib.median);
    if (!is_trivial(m.name)) not_trivial.add(factor);
  }
  std::printf("%-54s|%6.1f %8.1f |\n", "geometric mean", all.value(), first.value());
  std::printf("%-54s|%6.1f          |\n", "geometric mean without noise and constants", not_trivial.value());
}

void write_speed(std::ofstream& out, const Speed& speed) {
  out << R"({"MB_per_s": )" << speed.median << R"(, "first_MB_per_s": )" << speed.first << R"(, "ratio": )"
      << speed.ratio << R"(, "first_ratio": )" << speed.first_ratio << "}";
}

}  // namespace

void print_tables(const std::vector<Measurement>& measurements, const std::vector<int>& levels) {
  for (std::size_t i = 0; i < levels.size(); ++i) print_level(measurements, i, levels[i]);
}

void write_json(const std::string& file, const std::vector<Measurement>& measurements, const std::vector<int>& levels) {
  std::ofstream out(file);
  out << "[";
  for (const Measurement& m : measurements) {
    out << (&m == &measurements.front() ? "\n" : ",\n") << R"({"name": ")" << m.name << R"(", "raw_bytes": )"
        << m.raw_bytes << R"(, "zlib_4": )";
    write_speed(out, m.zlib);
    out << R"(, "levels": {)";
    for (std::size_t i = 0; i < levels.size(); ++i) {
      out << (i == 0 ? "" : ", ") << '"' << levels[i] << R"(": )";
      write_speed(out, m.levels[i]);
    }
    out << "}}";
  }
  out << "\n]\n";
  if (!out.flush()) throw std::runtime_error("cannot write " + file);
}

}  // namespace tessera::bench
