#include "comm/io_hints.hpp"

#include <charconv>
#include <limits>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "comm/check.hpp"

namespace tessera::comm {

namespace {

[[noreturn]] void refuse(const std::string& key, const std::string& why) {
  throw Error(ErrorCode::invalid_argument, "the hint " + in_quotes(key) + " of Options::mpi_io_hints " + why);
}

bool has_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

/// Some MPI-IO divides by these numbers before it looks at them (OMPIO of Open MPI 4.1 by cb_nodes).
bool has_to_be_positive(const std::string& key) {
  return key == "cb_nodes" || key == "cb_buffer_size" || key == "cb_block_size";
}

bool is_positive(const std::string& value) {
  int number = 0;
  const char* end = value.data() + value.size();
  const auto result = std::from_chars(value.data(), end, number);
  return result.ec == std::errc() && result.ptr == end && number > 0;
}

}  // namespace

void check_io_hints(const Hints& hints) {
  // The macros count the zero at the end (MPI 4.0, section 10).
  constexpr std::size_t max_key_bytes = MPI_MAX_INFO_KEY - 1;
  constexpr std::size_t max_value_bytes = MPI_MAX_INFO_VAL - 1;
  for (const auto& [key, value] : hints) {
    if (key.empty()) refuse(key, "has no name; give it one that your MPI-IO knows, or leave it out");
    if (has_nul(key) || has_nul(value))
      refuse(key.substr(0, key.find('\0')), "has a NUL character in its name or value; leave that out");
    if (key.size() > max_key_bytes) {
      refuse(key, "has a name of " + std::to_string(key.size()) + " bytes; this MPI takes " +
                      std::to_string(max_key_bytes) + " at most: correct it, or leave it out");
    }
    if (value.empty()) refuse(key, "has an empty value; give one, or leave the hint out");
    if (value.size() > max_value_bytes) {
      refuse(key, "has a value of " + std::to_string(value.size()) + " bytes; this MPI takes " +
                      std::to_string(max_value_bytes) + " at most: shorten it, or leave the hint out");
    }
    if (has_to_be_positive(key) && !is_positive(value)) {
      refuse(key, "has the value " + in_quotes(value) + "; give a number from 1 to " +
                      std::to_string(std::numeric_limits<int>::max()) + ", or leave the hint out");
    }
  }
}

IoHints::IoHints(const Hints& hints) {
  if (hints.empty()) return;
  const ErrorsReturn guard;
  check(MPI_Info_create(&info_), "MPI_Info_create");
  try {
    for (const auto& [key, value] : hints) {
      if (MPI_Info_set(info_, key.c_str(), value.c_str()) != MPI_SUCCESS)
        refuse(key, "is refused by MPI; leave it out");
    }
  } catch (...) {
    MPI_Info_free(&info_);
    throw;
  }
}

IoHints::~IoHints() {
  if (info_ != MPI_INFO_NULL) MPI_Info_free(&info_);
}

}  // namespace tessera::comm
