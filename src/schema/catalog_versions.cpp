#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/catalog.hpp"
#include "schema/field_rules.hpp"
#include "schema/layout.hpp"
#include "schema/limits.hpp"
#include "schema/mesh.hpp"

/// \file
/// Meshes that change: which version a step has.

namespace tessera::schema {

void Catalog::use_version(int number, const std::string& mesh, std::int64_t version) {
  Group changed = group(number);
  const VersionRecord* known = changed.versions.find(mesh);
  const std::string what = "version " + std::to_string(version) + " of mesh " + in_quotes(mesh);
  if (known != nullptr && (known->found ? version < known->version : version <= known->version)) {
    throw Error(ErrorCode::wrong_order, what + " comes after version " + std::to_string(known->version) + " in " +
                                            changed.described() +
                                            "; versions increase, and each is made once (MeshOptions::version)");
  }
  if (known == nullptr) {
    const std::string series = version_name(mesh);
    check_free(changed, "member", series);
    check_series_count(changed.described(), changed.fields.size() + changed.scalars.size() + 1, limits_.max_series,
                       limits_.engine);
    take_name(changed, series, Kind::scalar);
    ScalarRecord record;
    record.mesh = mesh;
    changed.scalars.set(series, std::move(record));
  }
  changed.versions.set(mesh, {version, false});
  groups_.set(number, std::move(changed));
}

void Catalog::define_version(Group& group, const std::string& mesh) {
  const std::string name = version_name(mesh);
  ScalarRecord record = *group.scalars.find(name);
  if (record.batch != 0) return;
  const std::int64_t chunk = series_chunk(runs_with_steps_, max_run_steps_);
  record.batch = queue(create_version_series(group.run->path, mesh, group.steps, chunk));
  group.scalars.set(name, std::move(record));
}

}  // namespace tessera::schema
