#pragma once

namespace tessera::comm {

/// What messages between two ranks are told apart by; those of failure_detector.cpp have another one.
enum Tag : int { of_groups = 0, of_all_to_all = 2, of_gather = 3, of_pieces = 4, of_values = 5 };

}  // namespace tessera::comm
