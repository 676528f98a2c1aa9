#pragma once

#include <tessera/requirements.hpp>

#include <memory>

#include <tessera/types.hpp>

/// \file
/// Handles of fields.

namespace tessera {

namespace detail {
struct FieldEntry;
}

/// A field of a run, made by Run::field; small, copied freely. A default-constructed one belongs to no run.
template <class T>
class Field {
 public:
  using value_type = T;  ///< element type in the caller's memory
  Field() = default;
  /// For the library.
  explicit Field(std::shared_ptr<detail::FieldEntry> entry) : entry_(std::move(entry)) {}
  /// For the library.
  const std::shared_ptr<detail::FieldEntry>& entry() const noexcept { return entry_; }

 private:
  std::shared_ptr<detail::FieldEntry> entry_;
};

}  // namespace tessera
