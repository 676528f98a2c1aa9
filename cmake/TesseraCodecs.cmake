# The compressors behind src/codec, as targets: Tessera::zlib always, Tessera::isal and Tessera::libdeflate where wanted
# and found.
#
# tessera_find_codecs(<isal> <libdeflate>): each AUTO (used where found), ON (demanded) or OFF. Sets TESSERA_HAVE_ISAL
# and TESSERA_HAVE_LIBDEFLATE to ON or OFF.
function(tessera_find_codec name wish header library package)
  set(have OFF)
  string(TOUPPER ${name} upper)
  if(NOT wish STREQUAL "OFF")
    find_path(TESSERA_${upper}_INCLUDE_DIR ${header})
    find_library(TESSERA_${upper}_LIBRARY ${library})
    mark_as_advanced(TESSERA_${upper}_INCLUDE_DIR TESSERA_${upper}_LIBRARY)
    if(TESSERA_${upper}_INCLUDE_DIR AND TESSERA_${upper}_LIBRARY)
      set(have ON)
      if(NOT TARGET Tessera::${name})
        add_library(Tessera::${name} UNKNOWN IMPORTED)
        set_target_properties(Tessera::${name} PROPERTIES IMPORTED_LOCATION "${TESSERA_${upper}_LIBRARY}"
          INTERFACE_INCLUDE_DIRECTORIES "${TESSERA_${upper}_INCLUDE_DIR}")
      endif()
    elseif(wish STREQUAL "ON")
      message(FATAL_ERROR
        "Tessera: ${name} is demanded and not found. Install it (Debian: ${package}), name its directory with "
        "-DCMAKE_PREFIX_PATH=<directory>, or build without: -DTESSERA_${upper}=OFF.")
    else()
      message(STATUS "Tessera: no ${name} (Debian: ${package}); compression is slower without")
    endif()
  endif()
  set(TESSERA_HAVE_${upper} ${have} PARENT_SCOPE)
endfunction()

macro(tessera_find_codecs isal libdeflate)
  find_package(ZLIB REQUIRED)
  if(NOT TARGET Tessera::zlib)
    add_library(Tessera::zlib INTERFACE IMPORTED)
    target_link_libraries(Tessera::zlib INTERFACE ZLIB::ZLIB)
  endif()
  tessera_find_codec(isal "${isal}" isa-l/igzip_lib.h isal libisal-dev)
  tessera_find_codec(libdeflate "${libdeflate}" libdeflate.h deflate libdeflate-dev)
endmacro()
