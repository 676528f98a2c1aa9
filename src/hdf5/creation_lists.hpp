#pragma once

#include <hdf5.h>

#include <cstddef>
#include <map>
#include <string>

#include "hdf5/handle.hpp"
#include "schema/operation.hpp"

/// \file
/// HDF5's property lists for what is made in a file: how objects and links are stored.

namespace tessera::hdf5 {

/// For files: creation order of links and attributes tracked, no time stamps.
Handle file_creation_list();
/// Access to files that any HDF5 from 1.10 on reads, whatever wrote them.
Handle file_access_list();
/// For links with names in UTF-8.
Handle link_list(const std::string& path);
/// For a group: creation order of links and attributes tracked, no time stamps.
Handle group_creation_list(const std::string& path);
/// For a dataset, with its chunks, filters and fill value.
Handle dataset_creation_list(const schema::CreateDataset& dataset);

/// What a new group will hold.
struct ExpectedContent {
  unsigned links = 0;
  std::size_t longest = 0;     ///< bytes of a link's name
  std::size_t attributes = 0;  ///< their bytes in the header, about
};

/// What the groups that are made by these operations will hold, by path.
std::map<std::string, ExpectedContent> content_of_new_groups(const schema::Operations& operations);

/// Links of a small group lie in its header, which then is made large enough for all at once, and for the attributes;
/// those of a large one in an index of their own from the beginning. HDF5 asks for a number of links: a message of some
/// bytes and the name each.
void reserve_header(hid_t list, const ExpectedContent& expected, const std::string& about);

}  // namespace tessera::hdf5
