#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

/// \file
/// Random programs of calls, the same on every rank, and what one rank may do otherwise.

namespace fuzz {

enum class Kind {
  run,
  field,
  mesh,
  refinement,
  regrid,
  attribute,
  declare_scalar,
  step,
  statics,
  put,
  scalar,
  commit,
  drop,
  close,
  leave,
  keep
};

/// What a field is declared on.
enum class On { grid, nodes, table, refinement };

/// One call. Runs and fields are numbered in the order in which the program makes them.
struct Call {
  Kind kind = Kind::close;
  int run = 0;
  int field = 0;
  std::string name;      ///< of what is made
  double value = 0;      ///< time, scalar or parameter, the number of steps to keep, or of the pattern of boxes
  tessera::Index shape;  ///< of a field; how many squares a mesh has
  int type = 0;          ///< of a field: 0 double, 1 float, 2 int32
  bool time_dependent = true;
  bool has_fill = false;
  bool is_rare = false;  ///< a field, or a scalar, on a time axis that has some of the steps
  std::int64_t chunk_steps = 1;
  std::int64_t components = 1;
  On on = On::grid;  ///< of a field
  int version = 0;   ///< of a mesh, and of a field on one
  tessera::Codec codec;
  std::int64_t shift = 0;  ///< of the box of a put, in rows: not 0 is an error
  bool null_pointer = false;
};
using Program = std::vector<Call>;

/// The program of a seed; a few have an error that all ranks make alike.
Program make_program(std::uint64_t seed);

/// The same for a job that continues a file. \param runs, meshes, fields calls that made what is in it, refinements
/// among the meshes \param times of each run, by its name
Program make_continuation(std::uint64_t seed, const Program& runs, const Program& meshes, const Program& fields,
                          const std::map<std::string, std::vector<double>>& times);

/// Of a mesh: squares in a row.
inline std::int64_t nodes_of(std::int64_t squares) { return 2 * (squares + 1); }

/// What this rank makes of it: mostly the same; on one rank, in most programs, a call is left out, doubled, changed,
/// swapped or is the last one. The same seed chooses the same rank everywhere.
Program as_rank_runs_it(const Program& program, std::uint64_t seed, int rank, int ranks);

std::string to_string(const Call& call);

}  // namespace fuzz
