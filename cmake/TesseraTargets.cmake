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
  target_link_options(tessera_settings INTERFACE -fsanitize=${TESSERA_SANITIZE})
endif()
