#include "reader/arrivals.hpp"

#include <utility>

#include "base/attempt.hpp"
#include "base/extents.hpp"
#include "comm/message_tags.hpp"

namespace tessera::detail {

void Arrivals::progress(std::optional<Error>& failure) {
  for (Coming& one : coming_) {
    if (one.taken || !one.message.is_done()) continue;
    attempt(failure, [&] { take(one); });
    one.taken = true;
    --left_;
  }
  while (!coming_.empty() && coming_.front().taken) {
    coming_.pop_front();
    ring_.give_back();
  }
  while (!waiting_.empty()) {
    const Arrival& next = waiting_.front();
    const auto memory = ring_.take(next.bytes);
    if (!memory) break;
    coming_.push_back({&next, *memory, comm::Pending::receive(comm_, next.from, comm::of_pieces, *memory)});
    waiting_ = waiting_.subspan(1);
  }
}

void Arrivals::take(const Coming& coming) const {
  const std::byte* source = coming.bytes.data();
  for (const RemotePiece& piece : coming.arrival->pieces) {
    const WantedPiece& wanted = piece.wanted;
    const schema::Field& field = job_.sources->stored(wanted.chunk.source).field;
    const GetBox& asked = job_.boxes[wanted.box];
    each_spread_job(field, asked, wanted.part, source, field.stored, row_major_strides(wanted.part.extents()),
                    [](const pack::PackJob& job, std::size_t) { pack::pack_here(job); });
    source += wanted.part.volume() * field.cell_bytes();
  }
}

}  // namespace tessera::detail
