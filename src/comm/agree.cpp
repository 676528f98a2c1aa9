#include "comm/agree.hpp"

#include <algorithm>

#include "base/attempt.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "comm/agreement.hpp"
#include "comm/check.hpp"
#include "comm/joint_error.hpp"
#include "comm/run.hpp"

namespace tessera::comm {

namespace {

Outcome reach_agreement(const Communicator& comm, const Contribution& contribution, std::uint64_t flags,
                        std::uint64_t from_root) {
  const State state = contribution.error != nullptr ? failed : fine;
  const std::uint64_t own_digest = digest(contribution.what);
  AgreementBuffers& memory = comm.memory();
  comm.watch().require_present();
  memory.words = words_of(state, own_digest, digest(contribution.values), flags, comm.rank() == 0 ? from_root : 0);
  run(comm, [&](MPI_Request* request) { begin_reduction(comm, request); });
  comm.watch().set_agreed();
  const Words words = memory.words;
  Outcome outcome{~words.flags_complement,
                  words.from_root,
                  words.digest == ~words.digest_complement,
                  words.values == ~words.values_complement,
                  {}};
  if (words.states == fine && outcome.same_call) return outcome;

  memory.own_report = {state, own_digest, cause_digest(contribution),
                       contribution.error != nullptr ? static_cast<std::uint64_t>(contribution.error->code()) : 0};
  run(comm, [&](MPI_Request* request) { begin_reports(comm, request); });
  outcome.flags = 0;
  outcome.error = joint_error(comm, contribution);
  return outcome;
}

const Error* pointer_to(const std::optional<Error>& error) { return error ? &*error : nullptr; }

}  // namespace

Outcome try_agree(const Communicator& comm, const Call& call) {
  return reach_agreement(comm, {call.what, pointer_to(call.error), call.context, call.values}, call.flags,
                         call.from_root);
}

Outcome try_conclude(const Communicator& comm, const char* what, const std::optional<Error>& failure,
                     std::uint64_t flags, std::uint64_t from_root) {
  return reach_agreement(comm, {what, pointer_to(failure), {}, {}}, flags, from_root);
}

Outcome agree(const Communicator& comm, const Call& call) {
  Outcome outcome = try_agree(comm, call);
  if (outcome.error) throw *outcome.error;
  return outcome;
}

Outcome conclude(const Communicator& comm, const char* what, const std::optional<Error>& failure, std::uint64_t flags) {
  Outcome outcome = try_conclude(comm, what, failure, flags);
  if (outcome.error) throw *outcome.error;
  return outcome;
}

void confirm(const Communicator& comm) {
  if (!comm.watch().has_limit()) return;
  run(comm, [&](MPI_Request* request) { check(MPI_Ibarrier(comm.get(), request), "MPI_Ibarrier"); });
}

void refuse(MPI_Comm original, const char* owner, double limit, const Error& failure) {
  const Communicator comm(original, owner, limit);
  conclude(comm, owner, failure);
  throw failure;
}

}  // namespace tessera::comm
