#include "tools/refs/output.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "storage/check.hpp"

namespace tessera::tools {

TextOutput::TextOutput(std::string path) : path_(std::move(path)) {
  if (path_ == "-") {
    file_ = stdout;
    return;
  }
  temporary_ = path_ + ".part" + std::to_string(::getpid());
  file_ = std::fopen(temporary_.c_str(), "wxe");
  if (file_ == nullptr) throw storage::system_error("creating", temporary_, errno);
}

TextOutput::~TextOutput() {
  if (file_ == nullptr || file_ == stdout) return;
  std::fclose(file_);
  ::unlink(temporary_.c_str());
}

void TextOutput::add(std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  add(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

void TextOutput::fail(const char* what) { throw storage::system_error(what, path_, errno); }

void TextOutput::flush() {
  if (std::fwrite(text_.data(), 1, text_.size(), file_) != text_.size()) fail("writing");
  text_.clear();
}

void TextOutput::finish() {
  flush();
  if (std::fflush(file_) != 0) fail("writing");
  if (file_ == stdout) return;
  const int closed = std::fclose(std::exchange(file_, nullptr));
  if (closed != 0 || std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary_.c_str());
    throw storage::system_error("writing", path_, error);
  }
}

}  // namespace tessera::tools
