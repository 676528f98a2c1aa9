#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "comm/combine.hpp"
#include "pipeline/chunk_encoder.hpp"

namespace tessera::pipeline {

/// What the ranks' encoders learn of a field, shared while it is young: a rank with one chunk per step would otherwise
/// learn for dozens of steps what the ranks together know after the first one.
class SharedEstimates {
 public:
  /// \param encoders of this rank's threads
  SharedEstimates(const comm::Communicator& comm, std::vector<ChunkEncoder>& encoders)
      : encoders_(encoders), combination_(comm) {}

  /// Memory for a field, and for groups of `units`. \throws std::bad_alloc
  void reserve(const schema::Field& field) { begun_.try_emplace(field.path); }
  void reserve_units(std::size_t count) {
    due_.reserve(count);
    combination_.reserve(count);
  }

  /// Before a group is encoded. Collective: a reduction of 1 KiB for each of its fields that has its second, third,
  /// fifth or ninth commit, or in its first commit its second, third, fifth or ninth group; nothing otherwise.
  void share(std::span<const Unit> group);

 private:
  struct Begun {
    int commits = 0;
    int groups = 0;  ///< of the current one
  };
  bool begin(const Unit& unit);

  std::vector<ChunkEncoder>& encoders_;
  comm::Combination<codec::PlaneEstimates, codec::merge> combination_;
  std::vector<const schema::Field*> due_;
  std::map<std::string, Begun, std::less<>> begun_;  ///< by dataset
};

}  // namespace tessera::pipeline
