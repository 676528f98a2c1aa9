#include "program.hpp"

#include <algorithm>

#include "chooser.hpp"

namespace fuzz {

namespace {

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
        if (mesh.run == run.run && mesh.kind == Kind::mesh) version = mesh.version;
      }
      for (const Call& mesh : meshes) {
        if (mesh.run == run.run && (mesh.version == version || mesh.kind == Kind::refinement)) add(mesh);
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
      has_boxes_ = false;
      for (int n = choose_.below(4); n > 0; --n) {
        regrid(run.run);
        make_step(run.run, true, time += 1 + choose_.below(3));
      }
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
      call.is_rare = call.time_dependent && choose_.one_in(3);
      if (call.time_dependent && call.field % 3 == 0) call.chunk_steps = 2 + call.field % 4;
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
    if (choose_.one_in(3)) make_refinement(run);
    if (choose_.one_in(2)) add({.kind = Kind::attribute, .run = run, .name = "note", .value = 1.0 + choose_.below(3)});
    if (choose_.one_in(3)) add({.kind = Kind::declare_scalar, .run = run, .name = "energy"});
  }

  /// And a field on it.
  void make_refinement(int run) {
    add({.kind = Kind::refinement, .run = run, .name = "amr"});
    Call field{.kind = Kind::field, .run = run, .field = next_field_++, .name = "q"};
    field.type = choose_.below(3);
    field.components = choose_.one_in(3) ? 3 : 1;
    field.on = On::refinement;
    fields_.push_back(field);
    add(field);
  }

  /// Before the first step; then sometimes other boxes, and sometimes the same.
  void regrid(int run) {
    const bool is_refined =
        std::ranges::any_of(fields_, [&](const Call& field) { return field.run == run && field.on == On::refinement; });
    if (!is_refined || (has_boxes_ && choose_.one_in(3))) return;
    if (!has_boxes_ || !choose_.one_in(3)) pattern_ = choose_.below(20);
    has_boxes_ = true;
    add({.kind = Kind::regrid, .run = run, .name = "amr", .value = static_cast<double>(pattern_)});
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
    has_boxes_ = false;
    for (int n = choose_.below(4); n > 0; --n) {
      time += choose_.one_in(25) ? 0 : 1 + choose_.below(3);
      change_mesh(run);
      regrid(run);
      make_step(run, true, time);
      if (choose_.one_in(6))
        add({.kind = Kind::attribute, .run = run, .name = "at_" + std::to_string(n), .value = time});
    }
  }

  void make_step(int run, bool timed, double time) {
    add({.kind = timed ? Kind::step : Kind::statics, .run = run, .value = time});
    const bool has_rare = choose_.one_in(2);
    for (const Call& field : fields_) {
      if (field.run != run || field.time_dependent != timed || (field.is_rare && !has_rare)) continue;
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
  bool has_boxes_ = false;  ///< the run whose steps are made: there was a regrid
  int pattern_ = 0;         ///< of the boxes
};

}  // namespace

Program make_program(std::uint64_t seed) { return Generator(seed).make(); }

Program make_continuation(std::uint64_t seed, const Program& runs, const Program& meshes, const Program& fields,
                          const std::map<std::string, std::vector<double>>& times) {
  return Generator(seed).make_continuation(runs, meshes, fields, times);
}

std::string to_string(const Call& call) {
  static const char* names[] = {"run",   "field",   "mesh", "refinement", "regrid", "attribute", "declare_scalar",
                                "step",  "statics", "put",  "scalar",     "commit", "drop",      "close",
                                "leave", "keep"};
  return std::string(names[static_cast<int>(call.kind)]) + "(run " + std::to_string(call.run) + ", field " +
         std::to_string(call.field) + ", '" + call.name + "', " + std::to_string(call.value) + ")";
}

}  // namespace fuzz
