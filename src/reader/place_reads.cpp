#include "reader/place_reads.hpp"

#include <optional>
#include <utility>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "comm/exchange.hpp"
#include "pack/pack.hpp"
#include "reader/step_rows.hpp"
#include "schema/array_rules.hpp"

namespace tessera::detail {

PlaceReads::PlaceReads(const comm::Communicator& comm, const schema::StoredRun& run, std::int64_t step,
                       std::vector<GetPlaces>&& asked, std::vector<GetBox>& boxes)
    : comm_(comm), run_(run), asked_(std::move(asked)) {
  std::vector<std::int64_t> wanted;
  std::optional<Error> failure;
  attempt(failure, [&] {
    wanted.assign(run.fields.size(), 0);
    for (const GetPlaces& places : asked_) wanted[places.target.field] = 1;
  });
  wanted = comm::max_over_ranks(comm, std::move(wanted), std::move(failure));
  for (std::size_t field = 0; field < wanted.size(); ++field) {
    if (wanted[field] == 0) continue;
    Work work;
    work.field = field;
    const StepRows rows = rows_of(run, run.fields[field].field, step);
    std::vector<std::int64_t> begins;
    std::vector<std::int64_t> places;
    std::optional<Error> lacking;
    attempt(lacking, [&] {
      for (int rank = 0; rank <= comm.size(); ++rank) begins.push_back(rows.begin + rows.count / comm.size() * rank);
      begins.back() = rows.begin + rows.count;
      places = places_of(field);
    });
    comm::conclude(comm, "places", lacking);
    comm::Redistribution made(comm, places, begins);
    lacking.reset();
    attempt(lacking, [&] {
      work.redistribution = std::make_unique<comm::Redistribution>(std::move(made));
      work.own.reset(new std::byte[places.size() * bytes_of(work)]);
      read_part(work, begins, boxes);
      work_.push_back(std::move(work));
    });
    comm::conclude(comm, "memory for places", lacking);
  }
}

std::size_t PlaceReads::bytes_of(const Work& work) const {
  return static_cast<std::size_t>(run_.fields[work.field].field.cell_bytes());
}

std::vector<std::int64_t> PlaceReads::places_of(std::size_t field) const {
  std::vector<std::int64_t> all;
  for (const GetPlaces& asked : asked_) {
    if (asked.target.field == field) all.insert(all.end(), asked.places.begin(), asked.places.end());
  }
  return all;
}

void PlaceReads::read_part(Work& work, std::span<const std::int64_t> begins, std::vector<GetBox>& boxes) {
  const schema::Field& field = run_.fields[work.field].field;
  const auto rank = static_cast<std::size_t>(comm_.rank());
  const Box box{{begins[rank]}, {begins[rank + 1]}};
  work.part.reset(new std::byte[static_cast<std::size_t>(box.volume()) * bytes_of(work)]);
  work.messages = work.redistribution->reserve(comm_, bytes_of(work));
  AnyArray array;
  array.data = work.part.get();
  array.type = field.stored;
  boxes.push_back({work.field, box, schema::resolved(field, box, std::move(array))});
}

void PlaceReads::hand_out() {
  for (Work& work : work_) {
    work.redistribution->backward(comm_, work.part.get(), work.own.get(), bytes_of(work), work.messages);
    const schema::Field& field = run_.fields[work.field].field;
    const std::byte* next = work.own.get();
    for (const GetPlaces& asked : asked_) {
      if (asked.target.field != work.field) continue;
      each_spread_job(field, asked.target, asked.target.box, next, field.stored, {1},
                      [](const pack::PackJob& job, std::size_t) { pack::pack(job); });
      next += asked.places.size() * bytes_of(work);
    }
  }
}

}  // namespace tessera::detail
