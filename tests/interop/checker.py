"""What the checks of files share: differences, attributes, dimension scales, order of creation; by h5py."""

import h5py
import numpy as np

TRACKED = h5py.h5p.CRT_ORDER_TRACKED | h5py.h5p.CRT_ORDER_INDEXED
BOOKKEEPING = {"CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST", "_FillValue", "_Netcdf4Dimid"}


class Checker:
    """The differences of one file; `where` goes in front of each."""

    def __init__(self):
        self.errors = []
        self.values = 0

    def equal(self, where, actual, expected):
        if actual != expected:
            self.errors.append(f"{where}: {actual!r} in the file, {expected!r} expected")

    def same_bytes(self, where, actual, expected, known=None):
        actual, expected = np.asarray(actual), np.asarray(expected)
        self.equal(f"{where} shape", actual.shape, expected.shape)
        self.equal(f"{where} type", actual.dtype, expected.dtype)
        if actual.shape != expected.shape or actual.dtype != expected.dtype:
            return
        words = f"u{actual.dtype.itemsize}"
        wrong = np.ascontiguousarray(actual).view(words) != np.ascontiguousarray(expected).view(words)
        if known is not None:
            wrong &= known
        self.values += int(actual.size)
        if wrong.any():
            place = tuple(int(axis[0]) for axis in np.nonzero(wrong)) if wrong.ndim else ()
            self.errors.append(
                f"{where}: {int(wrong.sum())} of {wrong.size} values differ, the first at {place}: "
                f"{actual[place]} in the file, {expected[place]} expected"
            )


# What netCDF's older interfaces read as text (CF-1.10, appendix A): src/schema/layout.cpp.
CF_TEXTS = set(
    "ancillary_variables axis bounds calendar cell_measures cell_methods climatology comment compress coordinates "
    "flag_meanings formula_terms geometry grid_mapping grid_mapping_name institution long_name nodes positive "
    "references sample_dimension source standard_name standard_error_multiplier title units units_metadata".split()
)


def is_fixed(owner, name, is_list):
    """Whether a text has to be of fixed length; h5py reads others as str."""
    if is_list:
        return False
    if isinstance(owner, h5py.Dataset):
        return name in CF_TEXTS
    return owner.name == "/" and name in ("Conventions", "history")


def attribute_names(owner):
    """In the order of their creation."""
    names = []
    h5py.h5a.iterate(owner.id, lambda name, *_: names.append(name.decode()), index_type=h5py.h5.INDEX_CRT_ORDER)
    return names


def check_attribute(check, where, owner, name, kind, value):
    where = f"{where}@{name}"
    if name not in owner.attrs:
        check.errors.append(f"{where}: missing")
        return
    actual = owner.attrs.get_id(name)
    is_list = isinstance(value, list)
    check.equal(f"{where} shape", actual.shape, (len(value),) if is_list else ())
    if kind == "string":
        fixed = is_fixed(owner, name, is_list)
        check.equal(f"{where} has variable length", actual.get_type().is_variable_str(), not fixed)
        check.equal(f"{where} character set", actual.get_type().get_cset(), h5py.h5t.CSET_UTF8)
        read = owner.attrs[name]
        check.equal(where, read.decode() if fixed else list(read) if is_list else read, value)
        return
    dtype = np.dtype("int8" if kind == "bool" else kind)
    expected = np.array([dtype.type(float(item) if dtype.kind == "f" else int(item)) for item in np.atleast_1d(value)])
    check.same_bytes(where, np.asarray(owner.attrs[name]).reshape(-1), expected)


def check_attributes(check, where, owner, expected):
    """The free attributes of a group or field, in order."""
    for name, kind, value in expected:
        check_attribute(check, where, owner, name, kind, value)
    names = [name for name in attribute_names(owner) if name not in BOOKKEEPING]
    check.equal(f"{where} attributes", names, [name for name, _, _ in expected])


def text_attributes(**texts):
    return [[name, "string", text] for name, text in texts.items() if text]


def check_scale(check, dataset, where, name, is_bare=False):
    """A dimension scale as netCDF wants it; one without coordinates (is_bare) has a name that says so."""
    check.equal(f"{where} CLASS", dataset.attrs.get("CLASS"), b"DIMENSION_SCALE")
    stored = dataset.attrs["NAME"].decode()
    if is_bare:
        check.equal(f"{where} NAME", stored[:53], "This is a netCDF dimension but not a netCDF variable.")
    else:
        check.equal(f"{where} NAME", stored, name)
    check.equal(f"{where} has _Netcdf4Dimid", dataset.attrs["_Netcdf4Dimid"].dtype.kind, "i")


def check_tracked(check, object_):
    """The order in which links and attributes were made is kept: netCDF writes to no other file."""
    plist = object_.id.get_create_plist()
    check.equal(f"{object_.name} attribute order", plist.get_attr_creation_order(), TRACKED)
    if isinstance(object_, h5py.Group):
        check.equal(f"{object_.name} link order", plist.get_link_creation_order(), TRACKED)
