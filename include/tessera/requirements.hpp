#pragma once

/// \file
/// What compilers Tessera needs. Every public header begins with this one, so that a compiler which is too old, or told
/// to be, says so once.

#if defined(__cplusplus) && __cplusplus > 201703L
#include <version>
#endif

#if defined(DOXYGEN)
// reads everything
#elif !defined(__cplusplus) || __cplusplus <= 201703L
#error "Tessera needs C++20: compile with -std=c++20, or set(CMAKE_CXX_STANDARD 20), with g++ 11, clang 14 or newer."
#define TESSERA_HAS_NO_COMPILER
#elif !defined(__cpp_concepts) || !defined(__cpp_lib_concepts) || !defined(__cpp_lib_ranges) || \
    !defined(__cpp_lib_span) || !defined(__cpp_lib_integer_comparison_functions)
#error "Tessera needs the library of C++20 (concepts, ranges, span): g++ 11, clang 14 with libstdc++ 11, or newer."
#define TESSERA_HAS_NO_COMPILER
#endif

// Ends the compilation here, where #error alone would be followed by hundreds of errors.
#ifdef TESSERA_HAS_NO_COMPILER
#include <tessera/see_the_error_above>
#endif
