#pragma once

#include "support/failing_files.hpp"
#include "support/flight.hpp"
#include "support/same_error.hpp"

namespace tessera_test {

/// The last step in flight fails on the last rank: close() tells of it on all ranks and closes the file.
inline void expect_close_to_tell_of_the_last_step(Flight& flight) {
  flight.commit_async();
  flight.writer().wait();
  FailingFiles::fail = world_rank() == world_size() - 1;
  flight.step().raw().commit_async();
  flight.file().expected().depends_on_rank_count = true;
  expect_error({tessera::ErrorCode::storage, {"without waiting", "as the test wants it"}},
               [&] { flight.writer().close(); });
  FailingFiles::fail = false;
  flight.file().write_manifest();
}

}  // namespace tessera_test
