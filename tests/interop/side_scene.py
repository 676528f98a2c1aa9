"""What a side file of a run has to show, worked out from the study with h5py alone (FORMAT.md, docs/paraview.md)."""

import h5py
import numpy as np

CELL = "_cell"


class Array:
    def __init__(self, name, dataset, location, temporal, thin):
        self.name, self.dataset, self.location, self.temporal, self.thin = name, dataset, location, temporal, thin

    def values(self, step):
        """Of one step, all axes of the grid and the components."""
        return self.dataset[step] if self.temporal else self.dataset[...]


class Scene:
    """arrays by the names that ParaView shows; axes slowest first."""

    def __init__(self, group):
        self.group = group
        self.times = group["time"][...] if "time" in group else np.zeros(0)
        bounds = {item.attrs["bounds"].decode() for item in group.values() if "bounds" in item.attrs}
        fields = [
            (name, dataset, *axes_of(dataset))
            for name, dataset in group.items()
            if is_field(dataset) and name not in bounds
        ]
        grids = {}
        for _, dataset, axes, _ in fields:
            if 0 < len(axes) <= 3:
                grids.setdefault(grid_of(dataset, axes, group), []).append(axes)
        # The grid of most fields, of points where as many are on several.
        best = max(grids, key=lambda grid: len(grids[grid])) if grids else None
        self.axes = list(best or [])
        self.arrays, self.series = {}, {}
        for name, dataset, axes, temporal in fields:
            if not axes and temporal:
                if len(self.times):
                    self.series[unique(name, self.series)] = dataset
            elif axes and len(axes) <= 3 and grid_of(dataset, axes, group) == best:
                if not temporal or len(self.times):
                    location = "cell" if all(a.endswith(CELL) for a in axes) else "point"
                    thin = [i for i, axis in enumerate(self.axes) if axis[1] == 1]
                    self.arrays[unique(name, self.arrays)] = Array(name, dataset, location, temporal, thin)

    @property
    def points(self):
        return [axis[1] for axis in self.axes]

    def fits_vtkhdf(self):
        """One point on a leading axis only, and the same distance from each point to the next."""
        wide = [points > 1 for points in self.points]
        return any(wide) and sorted(wide) == wide and self.is_uniform()

    def is_uniform(self):
        return all(np.allclose(np.diff(points), np.diff(points)[:1], rtol=1e-6) for _, _, points in self.axes)

    def fits_xdmf(self, array):
        return array.location == "point" or len(self.points) == 3 and min(self.points) > 1

    def bounds(self):
        """xmin, xmax, ymin, ..."""
        result = []
        for _, _, points in reversed(self.axes):
            result += sorted([points[0], points[-1]])
        return result + [0, 0] * (3 - len(self.axes))


def is_field(item):
    """Columns and counts of tables have side files of their own."""
    is_of_table = "rows_of" in item.attrs or "row_dimension" in item.attrs
    return isinstance(item, h5py.Dataset) and item.attrs.get("CLASS") != b"DIMENSION_SCALE" and not is_of_table


def axes_of(dataset):
    """Names of the grid's axes, and whether there is time before them."""
    scales = [dimension[0] for dimension in dataset.dims]
    names = [scale.name.rsplit("/", 1)[-1] for scale in scales]
    temporal = names[0] == "time"
    is_text = {name for name, scale in zip(names, scales) if scale.dtype.kind == "O"}  # names of components
    return [n for n in names[temporal:] if not n.startswith("component_") and n not in is_text], temporal


def grid_of(dataset, axes, group):
    cells = all(axis.endswith(CELL) for axis in axes)
    grid = []
    for axis in axes:
        name = axis[: -len(CELL)] if cells else axis
        grid.append((name, *points_of(group, name, axis)))
    return tuple(grid)


def points_of(group, name, axis):
    """Of the grid's axis that a field's axis is on: how many points, and their coordinates."""
    scale = group[name if name in group else axis]
    values = scale[...]
    if scale.attrs["NAME"].startswith(b"This is a netCDF dimension"):
        values = np.arange(len(values), dtype=float)
    if name not in group and "bounds" in scale.attrs:
        ends = group[scale.attrs["bounds"].decode()][...]
        values = np.append(ends[:, 0], ends[-1, 1])
    elif name not in group and len(values) > 1:
        values = np.append(values, 2 * values[-1] - values[-2]) - (values[1] - values[0]) / 2
    return len(values), tuple(values)


def unique(name, taken):
    name = name.replace(".", "_")
    number, tried = 2, name
    while tried in taken:
        tried, number = f"{name}_{number}", number + 1
    return tried


def runs_of(study):
    """Groups that hold a scene, by name; "/" is the root."""
    runs = {name: item for name, item in study.items() if isinstance(item, h5py.Group) and name != "field_statistics"}
    return {name: Scene(group) for name, group in ({"/": study["/"]} | runs).items()}


def side_file(study, run, extension):
    return study.with_name(study.stem + ("" if run == "/" else "." + run) + extension)
