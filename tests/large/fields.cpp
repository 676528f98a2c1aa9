#include <gtest/gtest.h>

#include <memory>

#include "pattern.hpp"
#include "support/test_file.hpp"

/// \file
/// Fields, steps and boxes beyond 2^31 elements, 2 and 4 GiB. check_large.py compares samples of what is written here.

using namespace tessera_test;
using tessera::Box;
using tessera::FieldOptions;
using tessera::Grid;
using tessera::Index;

namespace {

/// This rank's part of a field that is cut along one axis; the first rank's part is `first` thick, the others' are
/// even.
Box cut(const Index& shape, std::size_t axis, std::int64_t first) {
  const std::int64_t rank = world_rank();
  const std::int64_t others = world_size() - 1;
  Box box = Box::at(Index::filled(shape.size(), 0), shape);
  const auto begin = [&](std::int64_t of) {
    return of == 0 ? 0 : others == 0 ? shape[axis] : first + (shape[axis] - first) * (of - 1) / others;
  };
  box.lower[axis] = begin(rank);
  box.upper[axis] = rank == others ? shape[axis] : begin(rank + 1);
  return box;
}
Box cut(const Index& shape, std::size_t axis) { return cut(shape, axis, shape[axis] / world_size()); }

/// A file with one field, whose attributes tell check_large.py the strides of the pattern.
template <class T>
class LargeFile {
 public:
  LargeFile(const Index& shape, FieldOptions<T> options = {}, tessera::Options writer_options = {})
      : components_(options.components) {
    writer_options.overwrite = true;
    writer_ = std::make_unique<tessera::Writer>(MPI_COMM_WORLD, output_path(), writer_options);
    run_ = std::make_unique<tessera::Run>(writer_->run("run"));
    const Index strides = Pattern<T>::strides_of(shape.size() + (components_ > 1 ? 1 : 0));
    options.attributes = {{"strides", std::vector<std::int64_t>(strides.begin(), strides.end())},
                          {"ranks", world_size()}};
    field_ = run_->template field<T>("field", Grid{shape}, options);
  }
  void write(const Box& box) {
    const Pattern<T> pattern(box, components_);
    auto step = run_->step(steps_++);
    step.put(field_, box, pattern.array());
    step.commit();
  }
  std::string explain() const { return writer_->explain(); }
  /// Closes the file, and says on rank 0 what it was.
  void close() {
    if (world_rank() == 0) std::fputs(explain().c_str(), stdout);
    writer_->close();
  }

 private:
  std::int64_t components_;
  std::unique_ptr<tessera::Writer> writer_;
  std::unique_ptr<tessera::Run> run_;
  tessera::Field<T> field_;
  int steps_ = 0;
};

const Index beyond_two_gibibytes{2200, 1000, 1000};  // bytes, and cells beyond 2^31

TEST(Large, CellsBeyondTwoToThe31) {
  LargeFile<std::int8_t> file(beyond_two_gibibytes);
  file.write(cut(beyond_two_gibibytes, 0));
  file.close();
}

/// 4.3 GB on each of one or two ranks.
TEST(Large, DoublesBeyondFourGibibytesOfARank) {
  if (world_size() > 2) return;  // the same with more ranks takes only longer
  const Index shape{world_size() * 520, 1024, 1024};
  LargeFile<double> file(shape);
  file.write(cut(shape, 0));
  file.close();
}

TEST(Large, ComponentsBeyondTwoToThe31) {
  const Index shape{130, 300, 300};
  LargeFile<std::uint8_t> file(shape, {.components = 190});
  file.write(cut(shape, 1));
  file.close();
}

TEST(Large, OneAxisBeyondTwoToThe31) {
  const Index shape{(std::int64_t{1} << 31) + 1000};
  LargeFile<std::int8_t> file(shape);
  file.write(cut(shape, 0));
  file.close();
}

/// As many chunks as HDF5 can number: 2^31 in each of two steps, most of them of nobody. The last cells are put.
TEST(Large, ChunkNumbersUpToTwoToThe32) {
  const Index shape{std::int64_t{1} << 31};
  const Box put{{shape[0] - 4 - world_rank()}, {shape[0] - 3 - world_rank()}};
  LargeFile<std::int8_t> file(shape, {.fill = -1, .chunk = {1}});
  file.write(put);
  file.write(put);
  file.close();
}

/// Both ranks have cells of both chunks, which rank 0 owns, having a little more of each. They are assembled in one
/// round, so that rank 1's cells travel in one message, more than an int can count. 9 GB of memory.
TEST(Large, MessageBeyondTwoGibibytes) {
  if (world_size() != 2) return;
  const Index shape{4400, 1000, 1000};
  LargeFile<std::int8_t> file(shape, {.chunk = {2200, 1000, 1000}},
                              {.memory_budget = std::size_t{64} << 30, .threads = 1});
  file.write(cut(shape, 2, 504));
  file.close();
}

TEST(Large, ChunkBeyondTwoGibibytes) {
  if (world_size() != 1) return;
  LargeFile<std::int8_t> file(beyond_two_gibibytes, {.chunk = beyond_two_gibibytes});
  file.write(cut(beyond_two_gibibytes, 0));
  file.close();
}

/// Written at once, and what comes behind it has an address beyond 2 GiB.
TEST(Large, ChunkBeyondTwoGibibytesNotCompressed) {
  if (world_size() != 1) return;
  LargeFile<std::int8_t> file(beyond_two_gibibytes, {.chunk = beyond_two_gibibytes, .codec = tessera::Codec::none()});
  file.write(cut(beyond_two_gibibytes, 0));
  file.close();
}

}  // namespace
