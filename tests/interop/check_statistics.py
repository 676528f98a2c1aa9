"""The statistics that a file keeps of its fields, against those of its manifest's values."""

import numpy as np

import manifest as manifests
from checker import check_scale

STATISTICS = ["minimum", "maximum", "mean", "count", "non_finite"]
MOST_ENTRIES = 16  # a field with more components has one entry for all of them
MOST_FIELDS = 64 * 256  # of a run that get statistics


def expected_statistics(field, steps):
    """(step, entry, statistic), NaN where nothing was put; and how large the values are, for rounding."""
    values, _ = manifests.values_of(field, steps)
    put = manifests.put_cells(field, steps)
    entries = field["components"] if field["components"] <= MOST_ENTRIES else 1
    values = values.reshape(*put.shape, field["components"])
    result = np.full((len(put), entries, len(STATISTICS)), np.nan)
    sizes = np.zeros((len(put), entries))
    for step, entry in np.ndindex(len(put), entries):
        all_put = values[step][put[step]]
        chosen = all_put[:, entry] if entries > 1 else all_put.ravel()
        if chosen.size == 0:
            continue
        fill = manifests.fill_of(field)
        counted = chosen if fill is None else chosen[chosen != fill]
        finite = counted[np.isfinite(counted)]
        result[step, entry, 3:] = len(finite), len(counted) - len(finite)
        if len(finite) > 0:
            wide = finite.astype(np.longdouble)
            with np.errstate(over="ignore"):
                result[step, entry, :3] = rounded(finite.min(), -1), rounded(finite.max(), 1), wide.mean()
                sizes[step, entry] = abs(wide).mean()
    return result, sizes


def rounded(value, direction):
    """As float64; integers that it does not hold outwards."""
    number = float(value)
    if value.dtype.kind in "iu" and direction * (int(number) - int(value)) < 0:
        number = float(np.nextafter(number, direction * np.inf))
    return number


def check_statistics(check, group, fields, steps):
    """What the writer keeps of each field's values; returns the names of further members of the group."""
    written = [field for field in fields if any(write["boxes"] for write in field["writes"])]
    if group.name == "/" or not written or "field_statistics" not in group:
        return set()
    tables = {name: dataset for name, dataset in group["field_statistics"].items() if not name.endswith("_columns")}
    kept = {}
    for name, table in tables.items():
        where = f"{table.name}"
        check.equal(f"{where} statistics", list(table.attrs["statistics"]), STATISTICS)
        scales = [[scale.name for scale in dimension.values()] for dimension in table.dims]
        time = [[manifests.join(group.name, "time")]] if table.ndim == 2 else []
        check.equal(f"{where} axes", scales, time + [[f"{where}_columns"]])
        check_scale(check, group[f"field_statistics/{name}_columns"], where, name, is_bare=True)
        column = 0
        for field, entries in zip(table.attrs["fields"], table.attrs["entries"]):
            end = column + int(entries) * len(STATISTICS)
            kept[field] = table[..., column:end].reshape(-1, int(entries), len(STATISTICS))
            column = end
        check.equal(f"{where} columns", table.shape[-1], column)
    if len(fields) <= MOST_FIELDS:
        check.equal(f"{group.name} fields with statistics", {field["name"] for field in written} - set(kept), set())
    for field in written:
        if field["name"] not in kept:
            continue
        where = f"{group.name} statistics of {field['name']}"
        expected, sizes = expected_statistics(field, steps)
        found = kept[field["name"]]
        if found.shape != expected.shape:
            check.errors.append(f"{where}: shape {found.shape} instead of {expected.shape}")
            continue
        exact = [0, 1, 3, 4]
        if not np.array_equal(found[..., exact], expected[..., exact], equal_nan=True):
            check.errors.append(f"{where}: {found.tolist()} instead of {expected.tolist()}")
        with np.errstate(invalid="ignore"):
            error = abs(found[..., 2] - expected[..., 2])
        allowed = 3e-7 if field["stored"] == "float32" else 1e-13
        known = np.isfinite(expected[..., 2]) & np.isfinite(sizes)
        if not (error <= allowed * sizes)[known].all():
            check.errors.append(f"{where}: mean {found[..., 2].tolist()} instead of {expected[..., 2].tolist()}")
    return {"field_statistics"}
