#pragma once

#include <hdf5.h>

#include <memory>
#include <string>
#include <vector>

#include "hdf5/handle.hpp"
#include "hdf5/input_driver.hpp"

/// \file
/// Virtual datasets, whose values lie in datasets of other files. Where one of those is missing HDF5 fills in zeros
/// without a word, so they are looked for before such a dataset is read.

namespace tessera::hdf5 {

/// Names of files and datasets in virtual datasets are patterns: %b stands for a number, %% for a percent sign.
std::string as_pattern(const std::string& name);

/// Values of a virtual dataset that lie in another dataset.
struct VirtualPart {
  std::string file;             ///< as it is stored: from the directory of the file with the virtual dataset; "." that
                                ///< file itself
  std::string dataset;          ///< in that file
  std::vector<hsize_t> begin;   ///< in the virtual dataset, along each axis; empty where that is not bounded
  std::vector<hsize_t> end;     ///< behind the last one
  std::vector<hsize_t> source;  ///< extents that the other dataset has at least; empty where that is not known
  bool is_one = true;           ///< the names stand for one dataset, not for several
};

/// Of a dataset's creation list; empty unless it is virtual. \throws Error hdf5
std::vector<VirtualPart> virtual_parts(hid_t creation_list, const std::string& about);

/// A dataset in another file, open.
struct OpenedPart {
  std::shared_ptr<InputDriver> driver;
  Handle file;
  Handle dataset;
};

/// \param owner an object in the file with the virtual dataset \param about that dataset
/// \throws Error storage where the file or the dataset is not there, or is not as long as it was
OpenedPart open_part(hid_t owner, const VirtualPart& part, const std::string& about);

/// Are all parts there that a box of a dataset has values in? Nothing is looked at where it is not virtual.
/// \param begin, end along each axis; empty: all of it
/// \throws Error storage as open_part
void require_parts(hid_t dataset, const std::vector<hsize_t>& begin, const std::vector<hsize_t>& end,
                   const std::string& about);

}  // namespace tessera::hdf5
