#include "checkpoint/ranks.hpp"

namespace tessera::detail {

void agree_on_call(const comm::Communicator& comm, const char* verb, FunctionRef<std::string()> what,
                   std::optional<Error> noted) {
  comm.watch().enter(verb);
  comm::Call call;
  call.error = std::move(noted);
  attempt(call.error, [&] { call.what = what(); });
  comm::agree(comm, call);
}

void check_checkpoint_path(const std::string& path) {
  if (path.empty() || path.back() == '/') {
    throw Error(ErrorCode::invalid_argument,
                "the path of a checkpoint has no name at its end; give one that numbers can follow, as in 'out/state'");
  }
  if (path.find('\0') != std::string::npos) {
    throw Error(ErrorCode::invalid_argument, "the path of a checkpoint has a NUL character; leave it out");
  }
}

}  // namespace tessera::detail
