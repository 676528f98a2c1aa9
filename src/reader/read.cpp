#include <algorithm>
#include <utility>

#include "base/attempt.hpp"
#include "base/extents.hpp"
#include "base/saturate.hpp"
#include "base/text.hpp"
#include "comm/agree.hpp"
#include "pack/pack.hpp"
#include "reader/state.hpp"
#include "schema/array_rules.hpp"

namespace tessera::detail {

namespace {

bool is_floating(DataType type) { return type == DataType::float32 || type == DataType::float64; }

void check_type(const schema::Field& field, DataType asked) {
  if (asked == field.stored || (is_floating(asked) && is_floating(field.stored))) return;
  throw Error(ErrorCode::type_mismatch, schema::described(field) + " holds " + to_string(field.stored) +
                                            ", but the memory to read into is of " + to_string(asked));
}

std::string step_text(const schema::StoredRun& run, std::int64_t number) {
  return (number < 0 ? "the static fields" : "step " + std::to_string(number)) + " of " + run.described();
}

/// Does the memory lie as HDF5 fills it?
bool is_contiguous(const GetBox& asked) {
  const auto has_layers = [](const Index& widths) {
    return std::ranges::any_of(widths, [](auto width) { return width != 0; });
  };
  return asked.target.strides == row_major_strides(asked.target.extents) && !has_layers(asked.target.halo.low) &&
         !has_layers(asked.target.halo.high);
}

/// From what HDF5 fills, in C order, to the caller's memory.
pack::PackJob spread_job(const GetBox& asked, const std::byte* source) {
  pack::PackJob job;
  job.source = source;
  job.source_type = job.target_type = asked.target.type;
  job.extents = asked.target.extents;
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < asked.box.rank(); ++axis) {
    job.extents[axis] = asked.box.upper[axis] - asked.box.lower[axis];
    offset += asked.target.halo.low[axis] * asked.target.strides[axis];
  }
  job.source_strides = row_major_strides(job.extents);
  job.target_strides = asked.target.strides;
  // The caller's elements can be written to: tessera::into has seen to it.
  job.target = static_cast<std::byte*>(const_cast<void*>(asked.target.data)) +
               offset * static_cast<std::int64_t>(size_of(asked.target.type));
  return job;
}

}  // namespace

void ReaderState::get(ReadStep& step, const std::string& name, const Box& box, AnyArray target) {
  attempt(step.noted, [&] {
    require_open("StoredStep::get");
    const schema::StoredRun& run = this->run(step.run);
    const schema::StoredField* stored = run.field(name);
    if (stored == nullptr) {
      throw Error(ErrorCode::not_found,
                  run.described() + " has no field " + in_quotes(name) + "; StoredRun::fields lists them");
    }
    const schema::Field& field = stored->field;
    if (field.time_dependent != (step.number >= 0)) {
      throw Error(ErrorCode::wrong_order,
                  schema::described(field) + (field.time_dependent ? " has steps; read it from StoredRun::step"
                                                                   : " has no steps; read it from StoredRun::statics"));
    }
    if (step.number >= stored->steps && field.time_dependent) {
      throw Error(ErrorCode::not_found, schema::described(field) + " has " + std::to_string(stored->steps) +
                                            " steps, and no step " + std::to_string(step.number));
    }
    schema::check_box(field, box);
    check_type(field, target.type);
    if (target.host_copy) {
      throw Error(ErrorCode::invalid_argument, schema::described(field) +
                                                   ": the memory to read into is a device's; read into "
                                                   "a host mirror and copy that");
    }
    GetBox asked{static_cast<std::size_t>(stored - run.fields.data()), box,
                 schema::resolved(field, box, std::move(target))};
    if (std::ranges::find(asked.target.strides, 0) != asked.target.strides.end() && !box.empty()) {
      throw Error(ErrorCode::shape_mismatch,
                  schema::described(field) + ": memory with a stride of 0 cannot hold what is read");
    }
    step.boxes.push_back(std::move(asked));
  });
}

void ReaderState::read(ReadStep& step) {
  require_open("StoredStep::read");
  std::optional<Error> failure = std::exchange(step.noted, std::nullopt);
  const std::vector<GetBox> boxes = std::exchange(step.boxes, {});
  std::string what;
  attempt(failure, [&] { what = "read of " + step_text(run(step.run), step.number); });
  agree("StoredStep::read", std::move(what), std::move(failure));
  failure.reset();
  attempt(failure, [&] {
    for (const GetBox& asked : boxes) read_box(step, asked);
  });
  comm::conclude(comm_, "reading", failure);
}

void ReaderState::read_box(const ReadStep& step, const GetBox& asked) {
  if (asked.box.empty()) return;
  if (!file_) file_.emplace(path_);
  const schema::StoredField& field = run(step.run).fields[asked.field];
  if (is_contiguous(asked)) {
    file_->read(field, step.number, asked.box, asked.target.type, const_cast<void*>(asked.target.data));
    return;
  }
  const std::int64_t bytes =
      bytes_of(asked.box.extents(), field.field.components * static_cast<std::int64_t>(size_of(asked.target.type)));
  buffer_.resize(std::max(buffer_.size(), static_cast<std::size_t>(bytes)));
  file_->read(field, step.number, asked.box, asked.target.type, buffer_.data());
  pack::pack(spread_job(asked, buffer_.data()));
}

}  // namespace tessera::detail
