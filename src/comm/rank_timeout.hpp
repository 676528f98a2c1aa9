#pragma once

namespace tessera::comm {

/// How long ranks wait for each other, in seconds: what the environment variable TESSERA_RANK_TIMEOUT says, else
/// `option`; 0: no limit. \throws Error invalid_argument when that is not a time
double rank_timeout(double option);

}  // namespace tessera::comm
