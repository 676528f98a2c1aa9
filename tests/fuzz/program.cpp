#include "program.hpp"

#include <algorithm>
#include <random>

namespace fuzz {

namespace {

class Chooser {
 public:
  explicit Chooser(std::uint64_t seed) : engine_(seed) {}
  /// Of 0 to count - 1. Not by std::uniform_int_distribution, which differs between libraries.
  int below(int count) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(count)); }
  bool one_in(int count) { return below(count) == 0; }

 private:
  std::mt19937_64 engine_;
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : choose_(seed) {}

  /// Knows the same fields, and perhaps one more; goes on after some of the steps.
  Program make_continuation(const Program& runs, const Program& meshes, const Program& fields,
                            const std::map<std::string, std::vector<double>>& times) {
    for (const Call& run : runs) {
      add(run);
      int version = 0;
      for (const Call& mesh : meshes) {
        if (mesh.run == run.run) version = mesh.version;
      }
      for (const Call& mesh : meshes) {
        if (mesh.run == run.run && mesh.version == version) add(mesh);
      }
      for (const Call& field : fields) {
        if (field.run != run.run || (field.on == On::nodes && field.version != version)) continue;
        add(field);
        if (field.time_dependent) fields_.push_back(field);
      }
      if (choose_.one_in(3)) {
        Call late{.kind = Kind::field, .run = run.run, .field = 100 + run.run, .name = "late", .shape = {4, 5}};
        late.has_fill = true;
        fields_.push_back(late);
        add(late);
      }
      const auto& known = times.at(run.name);
      auto kept = static_cast<int>(known.size());
      if (kept > 0 && choose_.one_in(2)) {
        kept = choose_.below(kept + 1);
        add({.kind = Kind::keep, .run = run.run, .value = static_cast<double>(kept)});
      }
      double time = kept > 0 ? known[static_cast<std::size_t>(kept) - 1] : 0;
      for (int n = choose_.below(4); n > 0; --n) make_step(run.run, true, time += 1 + choose_.below(3));
    }
    add({.kind = Kind::close});
    return std::move(program_);
  }

  Program make() {
    const int runs = 1 + choose_.below(2);
    for (int run = 0; run < runs; ++run) {
      Call call{.kind = Kind::run, .run = run, .name = "run_" + std::to_string(run)};
      call.value = choose_.below(5);
      if (choose_.one_in(40)) call.name = "not/good";
      add(call);
      make_members(run);
    }
    for (int run = 0; run < runs; ++run) make_steps(run);
    add({.kind = choose_.one_in(15) ? Kind::leave : Kind::close});
    return std::move(program_);
  }

 private:
  void add(const Call& call) { program_.push_back(call); }

  void make_members(int run) {
    const int count = 1 + choose_.below(3);
    for (int i = 0; i < count; ++i) {
      Call call{.kind = Kind::field, .run = run, .field = next_field_++};
      call.name = choose_.one_in(50) ? "time" : "field_" + std::to_string(call.field);
      for (int axes = 1 + choose_.below(3); axes > 0; --axes) call.shape.push_back(3 + choose_.below(9));
      call.type = choose_.below(3);
      call.time_dependent = !choose_.one_in(4);
      call.has_fill = choose_.one_in(3);
      call.components = choose_.one_in(4) ? 3 : 1;
      call.codec = choose_.one_in(3) ? tessera::Codec::none() : tessera::Codec::deflate(1 + choose_.below(9));
      fields_.push_back(call);
      add(call);
    }
    if (choose_.one_in(3)) make_mesh(run, choose_.below(2));
    if (choose_.one_in(4)) {
      Call column{.kind = Kind::field, .run = run, .field = next_field_++, .name = "drop", .shape = {1}};
      column.type = 2;
      column.on = On::table;
      fields_.push_back(column);
      add(column);
    }
    if (choose_.one_in(2)) add({.kind = Kind::attribute, .run = run, .name = "note", .value = 1.0 + choose_.below(3)});
    if (choose_.one_in(3)) add({.kind = Kind::declare_scalar, .run = run, .name = "energy"});
  }

  /// And a field on it, in place of the one on the version before.
  void make_mesh(int run, int version) {
    Call mesh{.kind = Kind::mesh, .run = run, .name = "net", .shape = {4 + choose_.below(6)}};
    mesh.version = version;
    add(mesh);
    std::erase_if(fields_, [&](const Call& field) { return field.run == run && field.on == On::nodes; });
    Call field{.kind = Kind::field, .run = run, .field = next_field_++, .name = "u"};
    field.shape = {nodes_of(mesh.shape[0])};
    field.has_fill = choose_.one_in(3);
    field.components = choose_.one_in(3) ? 3 : 1;
    field.on = On::nodes;
    field.version = version;
    fields_.push_back(field);
    add(field);
  }

  /// Sometimes the mesh is replaced.
  void change_mesh(int run) {
    const auto known = std::ranges::find_if(fields_, [&](const Call& field) {
      return field.run == run && field.on == On::nodes && field.version > 0;
    });
    if (known != fields_.end() && choose_.one_in(3)) make_mesh(run, known->version + 1);
  }

  void make_steps(int run) {
    if (choose_.one_in(3)) make_step(run, false, 0);
    double time = 0;
    for (int n = choose_.below(4); n > 0; --n) {
      time += choose_.one_in(25) ? 0 : 1 + choose_.below(3);
      change_mesh(run);
      make_step(run, true, time);
      if (choose_.one_in(6))
        add({.kind = Kind::attribute, .run = run, .name = "at_" + std::to_string(n), .value = time});
    }
  }

  void make_step(int run, bool timed, double time) {
    add({.kind = timed ? Kind::step : Kind::statics, .run = run, .value = time});
    for (const Call& field : fields_) {
      if (field.run != run || field.time_dependent != timed) continue;
      if (field.has_fill && choose_.one_in(3)) continue;
      Call put = field;
      put.kind = Kind::put;
      add(put);
    }
    if (timed && choose_.one_in(2)) add({.kind = Kind::scalar, .run = run, .name = "residual", .value = time / 3});
    add({.kind = choose_.one_in(12) ? Kind::drop : Kind::commit, .run = run});
  }

  Chooser choose_;
  Program program_;
  std::vector<Call> fields_;
  int next_field_ = 0;
};

void change(Call& call, Chooser& choose) {
  switch (call.kind) {
    case Kind::put:
      if (choose.one_in(2)) call.null_pointer = true;
      else call.shift = choose.one_in(2) ? 1 : -1;
      break;
    case Kind::field:
      if (choose.one_in(3)) call.type = (call.type + 1) % 3;
      else if (call.on == On::grid && choose.one_in(2)) call.shape[0] += 1;
      else call.codec.level = (call.codec.level + 1) % 10;
      break;
    case Kind::mesh: call.version += 1; break;
    case Kind::run:
    case Kind::attribute:
      if (choose.one_in(2)) call.name += "_other";
      else call.value += 0.5;
      break;
    default: call.name += "_other"; call.value += 0.5;
  }
}

}  // namespace

Program make_program(std::uint64_t seed) { return Generator(seed).make(); }

Program make_continuation(std::uint64_t seed, const Program& runs, const Program& meshes, const Program& fields,
                          const std::map<std::string, std::vector<double>>& times) {
  return Generator(seed).make_continuation(runs, meshes, fields, times);
}

Program as_rank_runs_it(const Program& program, std::uint64_t seed, int rank, int ranks) {
  Chooser choose(seed ^ 0x5bd1e995);
  Program mine = program;
  if (choose.one_in(4)) return mine;
  const int culprits = choose.one_in(8) ? 2 : 1;
  for (int i = 0; i < culprits; ++i) {
    const int culprit = choose.below(ranks);
    const auto at = static_cast<std::size_t>(choose.below(static_cast<int>(program.size())));
    const int what = choose.below(6);
    Chooser detail(seed + 17 * static_cast<std::uint64_t>(i));
    if (culprit != rank || at >= mine.size()) continue;
    // A rank may have no rows: nobody would notice that it has put none.
    const auto has_rows = [&](std::size_t call) {
      return call < mine.size() && mine[call].kind == Kind::put && mine[call].on == On::table;
    };
    if ((what == 0 && has_rows(at)) || (what == 2 && (has_rows(at) || has_rows(at + 1)))) continue;
    const auto position = mine.begin() + static_cast<std::ptrdiff_t>(at);
    switch (what) {
      case 0: mine.erase(position); break;
      case 1: mine.insert(position, mine[at]); break;
      case 2:
        if (at + 1 < mine.size()) std::swap(mine[at], mine[at + 1]);
        break;
      case 3: mine.erase(position, mine.end()); break;  // leaves
      default: change(mine[at], detail);
    }
  }
  return mine;
}

std::string to_string(const Call& call) {
  static const char* names[] = {"run", "field",  "mesh",   "attribute", "declare_scalar", "step",  "statics",
                                "put", "scalar", "commit", "drop",      "close",          "leave", "keep"};
  return std::string(names[static_cast<int>(call.kind)]) + "(run " + std::to_string(call.run) + ", field " +
         std::to_string(call.field) + ", '" + call.name + "', " + std::to_string(call.value) + ")";
}

}  // namespace fuzz
