#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hdf5/reference_file.hpp"
#include "paraview/scene.hpp"

namespace tessera::paraview {

/// A `.vtkhdf` file while it is put together: what grids and meshes have in common.
class VtkhdfFile {
 public:
  explicit VtkhdfFile(const std::string& study) { file.other = study; }

  hdf5::ReferenceFile file;

  static std::string path(const std::string& member) { return "/VTKHDF/" + member; }
  void add_group(const std::string& name);
  void set(const std::string& owner, const char* name, AttributeValue value);
  /// The group that all is in. \param version of VTKHDF: 1.0 where VTK 9.1 can read it
  void add_root(const char* type, std::vector<std::int64_t> version);
  void add_numbers(const std::string& path, const std::vector<std::int64_t>& numbers);
  /// Groups of arrays and, where there is more than one step, those of the steps.
  void begin_arrays(const Scene& scene);
  void add(const Scene& scene, const SceneSeries& series);
  /// Where each step begins in an array: the same dataset for equal ones. Of those that are all 0 nothing is written,
  /// since that is what is not written reads.
  void add_offsets(const std::string& path, const std::vector<std::int64_t>& offsets);
  /// Where a dataset is that no reader looks for, but others of this file refer to.
  std::string add_hidden();
  static std::vector<std::int64_t> multiples(std::int64_t steps, std::int64_t distance);

  static constexpr const char* root = "/VTKHDF";

 private:
  std::map<std::vector<std::int64_t>, std::string> offsets_;  ///< where they are
  int hidden_ = 0;                                            ///< how many there are
};

/// Adds a mesh with all that lies on it.
void add_mesh(VtkhdfFile& out, const Scene& scene);
/// Nodes of all parts of a mesh, which has one at least: those that parts share more than once.
std::int64_t nodes_of_parts(const SceneMesh& mesh);
/// Adds the places of the nodes of all parts, from row `begin` on.
void add_nodes(hdf5::ReferenceFile::Mosaic& points, const SceneEpoch& epoch, std::int64_t begin);
/// A dataset of the study on the nodes of a mesh, of all steps.
struct NodeValues {
  std::string path;
  DataType type = DataType::float64;
  std::int64_t steps = 0;
  std::int64_t components = 1;
  Index stored_components;  ///< along its axes of components
};
/// Adds the values on the nodes of all parts in the steps of an epoch, from row `begin` on.
void add_nodes_in_steps(VtkhdfFile& out, hdf5::ReferenceFile::Mosaic& mosaic, const SceneEpoch& epoch,
                        const NodeValues& values, std::int64_t begin);
/// Adds where the cells of all parts begin, and their nodes, by numbers from the first node of the part on.
void add_cells_of_parts(VtkhdfFile& out, const std::string& offsets, const std::string& connectivity,
                        const std::vector<SceneEpoch>& epochs, const ReadRows& read);
/// Whether each level has the same ratio along all axes: VTK 9.3 crashes where they differ.
bool has_one_ratio(const SceneRefinement& refinement);
/// Adds a refinement with its fields.
void add_refinement(VtkhdfFile& out, const Scene& scene);
/// Adds the rows of a table as points, with all columns. There is a step, and one that has rows.
void add_table(VtkhdfFile& out, const Scene& scene);

inline bool has_steps(const Scene& scene) noexcept { return scene.steps > 1; }

/// Adds the components of an array to a part of it: one axis here, in the study those of the dataset.
void add_components(hdf5::ReferenceFile::Mosaic::Tile& tile, std::int64_t components, const Index& stored);

/// Members of the groups of arrays and of their offsets.
std::string array_path(const SceneArray& array);
std::string offsets_path(const SceneArray& array);

}  // namespace tessera::paraview
