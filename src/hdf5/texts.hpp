#pragma once

#include <hdf5.h>

#include <string>
#include <vector>

#include "hdf5/handle.hpp"

/// \file
/// Datasets of texts: of variable length and one dimension, UTF-8.

namespace tessera::hdf5 {

Handle text_type();

/// Whether a dataset is one.
bool has_texts(hid_t dataset, const std::string& about);

std::vector<std::string> read_texts(hid_t dataset, const std::string& about);

/// As many as the dataset has. HDF5 cannot do it in a file that several ranks have opened together.
void write_texts(hid_t dataset, const std::vector<std::string>& texts, const std::string& about);

}  // namespace tessera::hdf5
