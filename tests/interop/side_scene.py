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
        fields = [(name, dataset, *axes_of(dataset)) for name, dataset in group.items() if is_field(dataset)]
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
        """One point on a leading axis only."""
        wide = [points > 1 for points in self.points]
        return any(wide) and sorted(wide) == wide

    def fits_xdmf(self, array):
        return array.location == "point" or len(self.points) == 3 and min(self.points) > 1

    def bounds(self):
        """xmin, xmax, ymin, ..."""
        result = []
        for name, points, origin, spacing in reversed(self.axes):
            result += sorted([origin, origin + (points - 1) * spacing])
        return result + [0, 0] * (3 - len(self.axes))


def is_field(item):
    return isinstance(item, h5py.Dataset) and item.attrs.get("CLASS") != b"DIMENSION_SCALE"


def axes_of(dataset):
    """Names of the grid's axes, and whether there is time before them."""
    names = [dimension[0].name.rsplit("/", 1)[-1] for dimension in dataset.dims]
    temporal = names[0] == "time"
    return [n for n in names[temporal:] if not n.startswith("component_")], temporal


def grid_of(dataset, axes, group):
    cells = all(axis.endswith(CELL) for axis in axes)
    grid = []
    for axis in axes:
        name = axis[: -len(CELL)] if cells else axis
        values = group[name if name in group else axis][...]
        if name in group or len(values) == 1:
            grid.append((name, len(values), values[0], values[1] - values[0] if len(values) > 1 else 1))
        else:
            spacing = values[1] - values[0]
            grid.append((name, len(values) + 1, values[0] - spacing / 2, spacing))
    return tuple(grid)


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
