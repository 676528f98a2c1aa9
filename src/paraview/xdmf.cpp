#include "paraview/xdmf.hpp"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <vector>

#include "base/text.hpp"
#include "paraview/side_file.hpp"
#include "paraview/xml.hpp"
#include "schema/mesh.hpp"

namespace tessera::paraview {

namespace {

std::string numbers(const std::vector<std::int64_t>& values) {
  std::string text;
  for (const std::int64_t value : values) text += (text.empty() ? "" : " ") + std::to_string(value);
  return text;
}
std::string numbers(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) text += (text.empty() ? "" : " ") + exact(value);
  return text;
}

/// The readers have no 64-bit integers without sign; what HDF5 makes of these with sign is right up to 2^63 - 1.
std::string type_text(DataType type) {
  const detail::ElementType& element = detail::element_type(type);
  const char* name = element.is_floating  ? "Float"
                     : element.bytes == 1 ? (element.is_signed ? "Char" : "UChar")
                     : element.bytes == 2 ? (element.is_signed ? "Short" : "UShort")
                     : element.bytes == 4 ? (element.is_signed ? "Int" : "UInt")
                                          : "Int";
  return std::string("NumberType=\"") + name + "\" Precision=\"" + std::to_string(element.bytes) + "\"";
}

bool has_thin_axis(const Scene& scene) {
  return std::ranges::any_of(scene.axes, [](const auto& axis) { return axis.points == 1; });
}

/// Of curvilinear grids alone the readers have a topology with two axes.
bool is_surface(const Scene& scene) { return !scene.places.empty() && scene.axes.size() == 2 && !has_thin_axis(scene); }

bool is_flat(const Scene& scene) {
  return !is_surface(scene) && !scene.mesh && !scene.table && (scene.axes.size() < 3 || has_thin_axis(scene));
}

/// Of cells of a flat grid the readers want none along its thin axes, and fail.
bool is_shown(const Scene& scene, const SceneArray& array) {
  return array.location == Location::point || !is_flat(scene);
}

/// Six components stay six in VTK's order; "Tensor6" would be taken for another order, and made nine.
std::string kind_of(std::int64_t components) {
  return components == 1 ? "Scalar" : components == 3 ? "Vector" : components == 9 ? "Tensor" : "Matrix";
}

std::size_t epoch_in(const Scene& scene, std::size_t step) {
  const auto later = std::ranges::find_if(scene.epochs, [&](const SceneEpoch& epoch) {
    return static_cast<std::size_t>(epoch.end) > step;
  });
  return static_cast<std::size_t>(later - scene.epochs.begin());
}

const SceneMesh& mesh_in(const Scene& scene, std::size_t step) {
  return scene.epochs.empty() ? *scene.mesh : scene.epochs.at(epoch_in(scene, step)).mesh;
}

bool is_in_xdmf(const SceneMesh& mesh) {
  const auto& type = mesh.only_type;
  return type && mesh.nodes_of_a_cell != 0 && schema::kind_of(*type) != nullptr &&
         schema::kind_of(*type)->in_xdmf != nullptr;
}

class Text {
 public:
  Text(const Scene& scene, const std::string& study, std::span<const double> times)
      : scene_(scene), mark_(xml_escaped(side_file_mark(study))), study_(xml_escaped(study)), times_(times),
        padding_(scene.mesh || scene.table || is_surface(scene) ? 0 : 3 - scene.axes.size()) {}

  std::string build() {
    text_ =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Xdmf Version=\"2.0\">\n<Domain>\n<Information Name=\"creator\" "
        "Value=\"" +
        mark_ + "\"/>\n";
    const std::string name = xml_escaped(scene_.run);
    if (times_.empty()) {
      add_grid(name, nullptr, 0);
    } else {
      text_ += "<Grid Name=\"" + name + "\" GridType=\"Collection\" CollectionType=\"Temporal\">\n";
      for (std::size_t step = 0; step < times_.size(); ++step) add_grid(name, &times_[step], step);
      text_ += "</Grid>\n";
    }
    return std::move(text_ += "</Domain>\n</Xdmf>\n");
  }

 private:
  void add_grid(const std::string& name, const double* time, std::size_t step) {
    text_ += "<Grid Name=\"" + name + "\" GridType=\"Uniform\">";
    if (time != nullptr) text_ += "<Time Value=\"" + exact(*time) + "\"/>";
    if (scene_.table) return add_rows(*scene_.table, step);
    if (scene_.mesh) {
      add_mesh(mesh_in(scene_, step), step);
    } else {
      scene_.places.empty() ? add_points() : add_curved_points(step);
    }
    for (const SceneArray& array : scene_.arrays) {
      if (is_shown(scene_, array)) add(array, step);
    }
    for (const SceneSeries& series : scene_.series) add(series, step);
    text_ += "</Grid>\n";
  }

  /// The rows of a step as points.
  void add_rows(const SceneTable& table, std::size_t step) {
    const std::int64_t count = table.rows.counts[step];
    text_ += "<Topology TopologyType=\"Polyvertex\" NumberOfElements=\"" + std::to_string(count) +
             "\" NodesPerElement=\"1\"/><Geometry GeometryType=\"XYZ\">" +
             of_rows(step, {3}, table.type, table.position) + "</Geometry>\n";
    for (const SceneArray& array : scene_.arrays) {
      begin_attribute(array);
      text_ += of_rows(step, array.stored_components(), array.type, array.path) + "</Attribute>\n";
    }
    text_ += "</Grid>\n";
  }

  std::string of_rows(std::size_t step, const Index& components, DataType type, const std::string& path) const {
    const std::int64_t count = scene_.table->rows.counts[step];
    std::vector<std::int64_t> shape{scene_.table->length};
    std::vector<std::int64_t> shown{count};
    shape.insert(shape.end(), components.begin(), components.end());
    if (!components.empty()) shown.push_back(1);
    for (const std::int64_t extent : components) shown.back() *= extent;
    std::vector<std::int64_t> selection(3 * shape.size(), 1);  // start, stride, count
    std::fill_n(selection.begin(), shape.size(), 0);
    std::ranges::copy(shape, selection.end() - std::ssize(shape));
    selection[0] = scene_.table->rows.begins[step];
    selection[2 * shape.size()] = count;
    return selected(selection, shape, shown, type, path);
  }

  void add_mesh(const SceneMesh& mesh, std::size_t step) {
    const auto per_cell = std::to_string(mesh.nodes_of_a_cell);
    text_ += std::string("<Topology TopologyType=\"") + schema::kind_of(*mesh.only_type)->in_xdmf +
             "\" NumberOfElements=\"" + std::to_string(mesh.cells) + "\" NodesPerElement=\"" + per_cell + "\">" +
             dataset({mesh.cells, mesh.nodes_of_a_cell}, DataType::int64, mesh.list) + "</Topology>";
    if (!mesh.position.empty()) return add_places(mesh, step);
    text_ += std::string("<Geometry GeometryType=\"") + (mesh.coordinates.size() == 2 ? "X_Y" : "X_Y_Z") + "\">";
    for (const std::string& path : mesh.coordinates) text_ += dataset({mesh.nodes}, DataType::float64, path);
    text_ += "</Geometry>\n";
  }

  /// Of nodes that move.
  void add_places(const SceneMesh& mesh, std::size_t step) {
    const std::vector<std::int64_t> shape{mesh.nodes, std::ssize(mesh.coordinates)};
    text_ += std::string("<Geometry GeometryType=\"") + (mesh.coordinates.size() == 2 ? "XY" : "XYZ") + "\">" +
             of_step(step, shape, shape, mesh.position_type, mesh.position) + "</Geometry>\n";
  }

  /// A curvilinear grid: of two coordinates in a plane, or three.
  void add_curved_points(std::size_t step) {
    std::vector<std::int64_t> points(padding_, 1);
    std::vector<std::int64_t> shape;
    for (const SceneAxis& axis : scene_.axes) shape.push_back(axis.points);
    points.insert(points.end(), shape.begin(), shape.end());
    text_ += std::string("<Topology TopologyType=\"") + (is_surface(scene_) ? "2DSMesh" : "3DSMesh") +
             "\" Dimensions=\"" + numbers(points) + "\"/><Geometry GeometryType=\"" +
             (scene_.places.size() == 2 ? "X_Y" : "X_Y_Z") + "\">";
    for (const ScenePlace& place : scene_.places) {
      text_ += place.time_dependent ? of_step(step, shape, points, place.type, place.path)
                                    : dataset(points, place.type, place.path);
    }
    text_ += "</Geometry>\n";
  }

  /// Always three axes: of one point where the grid has fewer.
  void add_points() {
    if (!scene_.is_uniform()) {
      add_rectilinear_points();
      return;
    }
    std::vector<std::int64_t> points(padding_, 1);
    std::vector<double> origin(padding_, 0);
    std::vector<double> spacing(padding_, 1);
    for (const SceneAxis& axis : scene_.axes) {
      points.push_back(axis.points);
      origin.push_back(axis.origin);
      spacing.push_back(axis.spacing);
    }
    const std::string item = "<DataItem Dimensions=\"3\" NumberType=\"Float\" Precision=\"8\" Format=\"XML\">";
    text_ += "<Topology TopologyType=\"3DCoRectMesh\" Dimensions=\"" + numbers(points) +
             "\"/><Geometry GeometryType=\"ORIGIN_DXDYDZ\">" + item + numbers(origin) + "</DataItem>" + item +
             numbers(spacing) + "</DataItem></Geometry>\n";
  }

  /// The coordinates of each axis, x first: of the study's own datasets where it has them.
  void add_rectilinear_points() {
    std::vector<std::int64_t> points(padding_, 1);
    for (const SceneAxis& axis : scene_.axes) points.push_back(axis.points);
    text_ += "<Topology TopologyType=\"3DRectMesh\" Dimensions=\"" + numbers(points) +
             "\"/><Geometry GeometryType=\"VXVYVZ\">";
    for (std::size_t i = 0; i < 3; ++i) {
      text_ += coordinates(i < scene_.axes.size() ? scene_.axes[scene_.axes.size() - 1 - i] : SceneAxis{});
    }
    text_ += "</Geometry>\n";
  }

  std::string coordinates(const SceneAxis& axis) const {
    if (!axis.path.empty()) return dataset({axis.points}, DataType::float64, axis.path);
    std::vector<double> values;
    for (std::int64_t i = 0; i < axis.points; ++i) values.push_back(axis.coordinate(i));
    return "<DataItem Dimensions=\"" + std::to_string(axis.points) +
           "\" NumberType=\"Float\" Precision=\"8\" Format=\"XML\">" + numbers(values) + "</DataItem>";
  }

  std::string dataset(const std::vector<std::int64_t>& shape, DataType type, const std::string& path) const {
    return "<DataItem Dimensions=\"" + numbers(shape) + "\" " + type_text(type) + " Format=\"HDF\">" + study_ + ":" +
           xml_escaped(path) + "</DataItem>";
  }

  /// One step of a dataset whose first axis is time.
  std::string of_step(std::size_t step, const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& shown,
                      DataType type, const std::string& path) const {
    return of_place(static_cast<std::int64_t>(step), scene_.steps, shape, shown, type, path);
  }

  /// One place of many along the first axis.
  std::string of_place(std::int64_t place, std::int64_t places, std::vector<std::int64_t> shape,
                       const std::vector<std::int64_t>& shown, DataType type, const std::string& path) const {
    std::vector<std::int64_t> selection(3 * (shape.size() + 1), 1);  // start, stride, count
    const auto size = static_cast<std::ptrdiff_t>(shape.size() + 1);
    std::fill(selection.begin(), selection.begin() + size, 0);
    selection.front() = place;
    std::ranges::copy(shape, selection.begin() + 2 * size + 1);
    shape.insert(shape.begin(), places);
    return selected(selection, shape, shown, type, path);
  }

  std::string selected(const std::vector<std::int64_t>& selection, const std::vector<std::int64_t>& shape,
                       const std::vector<std::int64_t>& shown, DataType type, const std::string& path) const {
    return "<DataItem ItemType=\"HyperSlab\" Dimensions=\"" + numbers(shown) + "\"><DataItem Dimensions=\"3 " +
           std::to_string(shape.size()) + "\" Format=\"XML\">" + numbers(selection) + "</DataItem>" +
           dataset(shape, type, path) + "</DataItem>";
  }

  void begin_attribute(const SceneArray& array) {
    text_ += "<Attribute Name=\"" + xml_escaped(array.name) + "\" AttributeType=\"" + kind_of(array.components) +
             "\" Center=\"" + (array.location == Location::cell ? "Cell" : "Node") + "\">";
  }

  void add(const SceneArray& array, std::size_t step) {
    std::vector<std::int64_t> shape(array.shape.begin(), array.shape.end());
    std::string path = array.path;
    if (!array.parts.empty()) std::tie(path, shape[0]) = array.parts.at(epoch_in(scene_, step));
    std::vector<std::int64_t> shown(padding_, 1);
    shown.insert(shown.end(), shape.begin(), shape.end());
    if (array.components > 1) shown.push_back(array.components);
    for (const std::int64_t extent : array.stored_components()) shape.push_back(extent);
    begin_attribute(array);
    text_ += array.time_dependent ? of_step(step, shape, shown, array.type, path) : dataset(shown, array.type, path);
    text_ += "</Attribute>\n";
  }

  void add(const SceneSeries& series, std::size_t step) {
    const bool is_mapped = series.of_all_steps;
    const std::int64_t place = is_mapped ? scene_.step_numbers.at(step) : static_cast<std::int64_t>(step);
    text_ += "<Attribute Name=\"" + xml_escaped(series.name) + "\" AttributeType=\"Scalar\" Center=\"Grid\">" +
             of_place(place, is_mapped ? scene_.all_steps : scene_.steps, {}, {1}, DataType::float64, series.path) +
             "</Attribute>\n";
  }

  const Scene& scene_;
  std::string mark_;
  std::string study_;
  std::span<const double> times_;
  std::size_t padding_;
  std::string text_;
};

}  // namespace

std::vector<std::string> xdmf_left_out(const Scene& scene) {
  std::vector<std::string> result;
  for (const SceneArray& array : scene.arrays) {
    if (!is_shown(scene, array))
      result.push_back("field " + in_quotes(array.name) + ", which lies in cells of a flat grid");
  }
  return result;
}

std::string xdmf_obstacle(const Scene& scene, const std::string& study) {
  if (scene.refinement) return "it is a refinement, which XDMF's readers do not know; the .vtkhdf side file shows it";
  if (scene.mesh) {
    const bool fits = is_in_xdmf(*scene.mesh) &&
                      std::ranges::all_of(scene.epochs, [](const SceneEpoch& one) { return is_in_xdmf(one.mesh); });
    if (!fits) return "its mesh has cells of several kinds, or of one that XDMF has not; a .vtkhdf file shows it";
  }
  const auto has_colon = [](const std::string& text) { return text.find(':') != text.npos; };
  if (has_colon(study) || has_colon(scene.path)) return "there is a ':' in its path, where XDMF's readers end a name";
  return {};
}

std::string xdmf_of(const Scene& scene, const std::string& study, std::span<const double> times) {
  return Text(scene, study, times).build();
}

}  // namespace tessera::paraview
