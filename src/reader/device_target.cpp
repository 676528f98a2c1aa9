#include "reader/device_target.hpp"

#include <utility>

#include "base/extents.hpp"
#include "schema/array_rules.hpp"

namespace tessera::detail {

DeviceTarget::DeviceTarget(const Box& box, AnyArray target)
    : target_(std::move(target)), part_(schema::owned_part(box, target_)) {
  const auto bytes = bytes_of(part_.extents, static_cast<std::int64_t>(size_of(target_.type)));
  memory_ = std::make_unique_for_overwrite<std::byte[]>(static_cast<std::size_t>(bytes));
}

AnyArray DeviceTarget::on_host() const {
  AnyArray result;
  result.data = memory_.get();
  result.type = target_.type;
  result.extents = part_.extents;
  result.strides = row_major_strides(part_.extents);
  const std::size_t axes = target_.halo.low.size();
  result.halo = {Index::filled(axes, 0), Index::filled(axes, 0)};
  return result;
}

}  // namespace tessera::detail
