#pragma once

#include <stdlib.h>

#include <clocale>
#include <locale>
#include <stdexcept>
#include <string>

/// \file
/// A locale that writes numbers with a comma, as in half of Europe. Where the system has none installed, localedef
/// makes one in the current directory.

namespace tessera_test {

/// Of the whole program, C and C++, while it lives.
class CommaLocale {
 public:
  CommaLocale() : before_(std::setlocale(LC_ALL, nullptr)) {
    if (!is_set()) {
      if (std::system("localedef -i de_DE -f UTF-8 ./comma.UTF-8 > comma_locale.log 2>&1") != 0) return;
      setenv("LOCPATH", ".", 1);
    }
    there_ = is_set();
  }
  ~CommaLocale() {
    std::locale::global(before_in_cpp_);
    std::setlocale(LC_ALL, before_.c_str());
    unsetenv("LOCPATH");
  }
  CommaLocale(const CommaLocale&) = delete;
  CommaLocale& operator=(const CommaLocale&) = delete;

  /// Whether there is one.
  bool is_there() const noexcept { return there_; }

 private:
  static bool is_set() {
    for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "comma.UTF-8"}) {
      try {
        std::locale::global(std::locale(name));
        return std::string(std::localeconv()->decimal_point) == ",";
      } catch (const std::runtime_error&) {  // not installed
      }
    }
    return false;
  }

  std::string before_;
  std::locale before_in_cpp_;
  bool there_ = false;
};

}  // namespace tessera_test
