#include <tessera/error.hpp>

#include "base/text.hpp"
#include "tools/plot/image.hpp"

#ifdef TESSERA_HAVE_PNG
#include <png.h>
#endif

namespace tessera::tools {

#ifdef TESSERA_HAVE_PNG
void write_png(const std::string& path, const Image& image) {
  static_assert(sizeof(Colour) == 3);
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(image.width);
  header.height = static_cast<png_uint_32>(image.height);
  header.format = PNG_FORMAT_RGB;
  if (png_image_write_to_file(&header, path.c_str(), 0, image.pixels.data(), 0, nullptr) != 0) return;
  throw Error(ErrorCode::storage, "writing " + in_quotes(path) + " failed: " + header.message);
}
#else
void write_png(const std::string& path, const Image&) {
  throw Error(ErrorCode::invalid_argument,
              "cannot write " + in_quotes(path) + ": this tessera was built without libpng (Debian: libpng-dev)");
}
#endif

}  // namespace tessera::tools
