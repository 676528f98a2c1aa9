# What every target of this project is compiled with; not exported to users.
add_library(tessera_settings INTERFACE)
target_compile_features(tessera_settings INTERFACE cxx_std_20)
target_compile_options(tessera_settings INTERFACE
  $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion
  -Wno-missing-field-initializers>)
# GCC 12 and 13 warn of std::string's own operator+ (GCC bug 105651).
target_compile_options(tessera_settings INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>)
if(TESSERA_WARNINGS_AS_ERRORS)
  target_compile_options(tessera_settings INTERFACE -Werror)
endif()
if(TESSERA_SANITIZE)
  target_compile_options(tessera_settings INTERFACE
    -fsanitize=${TESSERA_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # With these of the undefined behaviours GCC takes no comparison of addresses for a constant (GCC bug 71962).
  if(TESSERA_SANITIZE MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(tessera_settings INTERFACE
      -fno-sanitize=null,returns-nonnull-attribute,nonnull-attribute)
  endif()
  target_link_options(tessera_settings INTERFACE -fsanitize=${TESSERA_SANITIZE})
endif()

# tessera_precompile(TARGET): reads the headers of the standard library that most sources include once. A compiler cache
# does that better, and then sees whether each source includes what it needs.
function(tessera_precompile target)
  if(CMAKE_CXX_COMPILER_LAUNCHER OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    return()
  endif()
  target_precompile_headers(${target} PRIVATE <algorithm> <array> <cmath> <cstddef> <cstdint> <cstring> <functional>
    <map> <memory> <optional> <span> <string> <string_view> <utility> <variant> <vector>)
  # GCC 12 then warns of the same operator+ (see above) under another name.
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wno-stringop-overflow>)
endfunction()

# tessera_compile_directories_together(TARGET SOURCE...): up to eight sources of a directory are compiled as one, in
# half of the time, since they share headers and what becomes of templates; so the names in their unnamed namespaces
# differ (tests/lint/check_unnamed_names.py). Not with a compiler cache, where a changed source would stand for eight.
function(tessera_compile_directories_together target)
  if(CMAKE_CXX_COMPILER_LAUNCHER)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # And again of operator+.
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-array-bounds>)
  foreach(source IN LISTS ARGN)
    get_filename_component(directory ${source} DIRECTORY)
    string(MAKE_C_IDENTIFIER "${directory}" directory)
    if(NOT DEFINED count_${directory})
      set(count_${directory} 0)
    endif()
    math(EXPR group "${count_${directory}} / 8")
    math(EXPR count_${directory} "${count_${directory}} + 1")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${directory}_${group})
  endforeach()
endfunction()
