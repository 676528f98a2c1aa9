#pragma once

#include <atomic>
#include <string>

#include <tessera/error.hpp>

#include "base/text.hpp"

namespace tessera::detail {

/// Notices where two threads are in the same writer at once: a mutex would only hide that their order, and so what the
/// ranks do together, is chance.
class InUse {
 public:
  /// A call, from its begin to its end.
  class Hold {
   public:
    /// \throws Error wrong_thread
    Hold(InUse& in_use, const char* verb, const std::string& path) : by_(in_use.by_) {
      const char* before = nullptr;
      if (by_.compare_exchange_strong(before, verb, std::memory_order_acquire)) return;
      throw Error(ErrorCode::wrong_thread,
                  std::string(verb) + " while another thread is in " + before + " of the writer of " + in_quotes(path) +
                      "; make all calls from one thread, or one after the other, in the same order on every rank");
    }
    ~Hold() { by_.store(nullptr, std::memory_order_release); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    std::atomic<const char*>& by_;
  };

 private:
  std::atomic<const char*> by_ = nullptr;  ///< the call that a thread is in
};

}  // namespace tessera::detail
