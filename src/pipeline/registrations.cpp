#include "pipeline/registrations.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "pipeline/field_source.hpp"

namespace tessera::pipeline {

namespace {

/// What a section has: chunks of a field, one statistics entry, what a rank measured, or a step's row of bytes.
enum Kind : std::uint64_t { of_chunks = 0, of_summary = 1, of_measures = 2, of_row = 3 };

/// The first registration of a section.
Registration header(Kind kind, std::size_t number, std::size_t count) noexcept {
  return {kind | std::uint64_t{number} << 8, count};
}
Kind kind_of(const Registration& header) noexcept { return static_cast<Kind>(header.first & 0xff); }
std::size_t number_of(const Registration& header) noexcept { return header.first >> 8; }

/// A chunk's address below 2^56, its number below 2^40, its size below 2^32: 64 PiB, 10^12 chunks of a step.
constexpr int number_bits = 40;
constexpr int high_bits = number_bits - 32;
constexpr std::uint64_t low = 0xffffffff;

Registration packed(const hdf5::PlacedChunk& chunk) noexcept {
  return {chunk.address << high_bits | chunk.index >> 32, (chunk.index & low) << 32 | chunk.size};
}

hdf5::PlacedChunk unpacked(const Registration& one) noexcept {
  const std::uint64_t high = one.first & ((std::uint64_t{1} << high_bits) - 1);
  return {high << 32 | one.second >> 32, one.first >> high_bits, static_cast<std::uint32_t>(one.second & low), 0};
}

constexpr std::size_t parts_of(std::size_t bytes) noexcept {
  return (bytes + sizeof(Registration) - 1) / sizeof(Registration);
}

/// A value of some other type, in as many registrations as it takes.
template <class T>
void append(const Registration& header, const T& value, std::vector<Registration>& list) noexcept {
  std::array<Registration, parts_of(sizeof(T))> parts{};
  std::memcpy(static_cast<void*>(parts.data()), &value, sizeof value);
  list.push_back(header);
  list.insert(list.end(), parts.begin(), parts.end());
}

/// A row of any length; its header says how many bytes it has.
void append_row(const StepRow& row, std::vector<Registration>& list) noexcept {
  list.push_back(header(of_row, row.field, row.bytes.size()));
  for (std::size_t at = 0; at < row.bytes.size(); at += sizeof(Registration)) {
    Registration part;
    std::memcpy(static_cast<void*>(&part), row.bytes.data() + at, std::min(sizeof part, row.bytes.size() - at));
    list.push_back(part);
  }
}

/// Goes through registrations as they came, in bytes of any alignment.
class Sections {
 public:
  explicit Sections(std::span<const std::byte> bytes) : bytes_(bytes) {}
  bool at_end() const noexcept { return bytes_.size() < sizeof(Registration); }
  template <class T>
  T take() noexcept {
    T value;
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_ = bytes_.subspan(parts_of(sizeof value) * sizeof(Registration));
    return value;
  }

  std::span<const std::byte> take_bytes(std::size_t count) noexcept {
    const auto taken = bytes_.first(count);
    bytes_ = bytes_.subspan(parts_of(count) * sizeof(Registration));
    return taken;
  }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace

RegistrationCount count_registrations(const Commit& commit, FieldSummaries& summaries, std::size_t ranks) {
  const std::size_t measures = commit.measured ? 1 + parts_of(sizeof(RankMeasures)) : 0;
  RegistrationCount count{measures, measures * ranks};
  for (std::size_t field = 0; field < commit.fields.size(); ++field) {
    const ChunkPlan& plan = *commit.fields[field].plan;
    const auto all_chunks = static_cast<std::size_t>(plan.all_chunks);
    const std::size_t of_rank = 1 + summaries.of(field).size() * (1 + parts_of(sizeof(pack::Summary)));
    const schema::Field& described = *commit.fields[field].field;
    const std::size_t of_chunk =
        described.spans_steps() ? 1 + parts_of(bytes_of(plan.grid.chunk_volume(), described)) : 1;
    count.own += plan.chunks.size() * of_chunk + of_rank;
    count.all += all_chunks * of_chunk + of_rank * std::min(ranks, all_chunks);
  }
  return count;
}

void register_all(const std::vector<std::vector<hdf5::PlacedChunk>>& placed, std::span<const StepRow> rows,
                  FieldSummaries& summaries, std::vector<Registration>& list) noexcept {
  list.clear();
  for (std::size_t field = 0; field < placed.size(); ++field) {
    const bool has_row = !rows.empty() && rows.front().field == field;
    if (placed[field].empty() && !has_row) continue;
    if (has_row) {
      append_row(rows.front(), list);
      rows = rows.subspan(1);
    } else {
      list.push_back(header(of_chunks, field, placed[field].size()));
      for (const hdf5::PlacedChunk& chunk : placed[field]) list.push_back(packed(chunk));
    }
    for (const pack::Summary& one : summaries.of(field)) {
      append(header(of_summary, static_cast<std::size_t>(&one - summaries.all().data()), 1), one, list);
    }
  }
}

void register_measures(const RankMeasures& measures, std::vector<Registration>& list) noexcept {
  append(header(of_measures, 0, 1), measures, list);
}

void take_all(std::span<const std::byte> registrations, std::vector<hdf5::PlacedChunks>& chunks,
              std::vector<StepRow>& rows, FieldSummaries& summaries, CommitMeasures& measures) {
  measures = {};
  std::ranges::fill(summaries.all(), pack::Summary{});
  for (Sections rest(registrations); !rest.at_end();) {
    const auto section = rest.take<Registration>();
    if (kind_of(section) == of_measures) {
      merge(measures, CommitMeasures(rest.take<RankMeasures>()));
    } else if (kind_of(section) == of_summary) {
      pack::merge(summaries.all()[number_of(section)], rest.take<pack::Summary>());
    } else if (kind_of(section) == of_row) {
      rows.push_back({number_of(section), rest.take_bytes(section.second)});
    } else {
      auto& of_field = chunks[number_of(section)].chunks;
      for (std::uint64_t count = section.second; count > 0; --count) {
        of_field.push_back(unpacked(rest.take<Registration>()));
      }
    }
  }
}

}  // namespace tessera::pipeline
