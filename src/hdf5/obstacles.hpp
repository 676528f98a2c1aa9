#pragma once

#include <hdf5.h>

#include <string>

#include "base/function_ref.hpp"

namespace tessera::hdf5 {

/// What keeps a member of a group from being copied, registered and lengthened by ContentCopy and Tree, as a clause:
/// "the dataset 'x' is virtual"; empty where nothing does. \param has_time its first axis is the time axis
std::string obstacle_in_dataset(hid_t dataset, const std::string& path, bool has_time);

/// Each axis has one dimension scale, which is in the group, or none has any; as a clause otherwise. The dataset's list
/// of scales lies in a heap without a checksum, the scales' lists of datasets in headers that have one.
/// \param attached_to the name of the scale that lists the dataset's axis; empty where none does
std::string obstacle_in_scales(hid_t dataset, const std::string& path,
                               FunctionRef<std::string(unsigned axis)> attached_to);

/// The same of a member that is no dataset, or of a link that leads elsewhere.
std::string obstacle_in_member(const std::string& path, const std::string& what);

}  // namespace tessera::hdf5
