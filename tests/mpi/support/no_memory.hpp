#pragma once

#include <cstddef>

/// \file
/// Allocations that fail: this program's operator new stands before the library's own. For no_memory.cpp alone, which
/// says when.

namespace tessera_test {

/// One allocation of this process that is to fail, and perhaps all that follow it.
class FailingAllocation {
 public:
  /// \param number of the allocation from here on that fails, counted where they are enabled; the first is 1; 0: none
  FailingAllocation(std::size_t number, bool and_all_that_follow);
  ~FailingAllocation();
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;

  bool has_failed() const;
  /// No further one fails, where one has.
  void end_if_failed();

  /// Allocations count, and may fail, while one of these lives: the test's own do not.
  class Enabled {
   public:
    Enabled();
    ~Enabled();
  };
};

}  // namespace tessera_test
