#pragma once

#include <cstdint>

/// What the library that plays Lustre's (fake_lustreapi.cpp) is told, and what it was asked for. A program that loads
/// it (TESSERA_TEST_FAKE_LUSTRE) has it under the name of Lustre's from then on; dlsym() finds `fake_lustre` in it.
struct FakeLustre {
  // What a new file's directory says.
  bool is_known = true;
  bool is_composite = false;
  std::uint64_t expected_count = 1;
  bool can_create = true;  ///< else the layout cannot be set: the file stays, as the real library leaves it
  int asked_of_files = 0;  ///< how often the expected layout was asked for by the path of a file that is there
  // The last file that was created.
  int created = 0;
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  int layouts = 0;  ///< that were not freed
};
