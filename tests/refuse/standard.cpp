#include <tessera/types.hpp>
