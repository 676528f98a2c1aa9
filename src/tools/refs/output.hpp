#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace tessera::tools {

/// A text that is written in pieces, into a file that has its name when it is complete, or to standard output.
class TextOutput {
 public:
  /// \param path "-": standard output \throws Error storage
  explicit TextOutput(std::string path);
  ~TextOutput();
  TextOutput(const TextOutput&) = delete;
  TextOutput& operator=(const TextOutput&) = delete;

  void add(std::string_view text) {
    text_ += text;
    if (text_.size() >= most_) flush();
  }
  void add(std::uint64_t number);

  /// The file has its name from here on. \throws Error storage
  void finish();

 private:
  static constexpr std::size_t most_ = std::size_t{1} << 20;
  void flush();
  [[noreturn]] void fail(const char* what);

  std::string path_;
  std::string temporary_;
  std::FILE* file_ = nullptr;
  std::string text_;
};

}  // namespace tessera::tools
