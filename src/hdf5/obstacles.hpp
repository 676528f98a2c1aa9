#pragma once

#include <hdf5.h>

#include <string>

namespace tessera::hdf5 {

/// What keeps a member of a group from being copied, registered and lengthened by ContentCopy and Tree, as a clause:
/// "the dataset 'x' is virtual"; empty where nothing does. \param has_time its first axis is the time axis
std::string obstacle_in_dataset(hid_t dataset, const std::string& path, bool has_time);

/// Each axis has one dimension scale, which is in the group, or none has any; as a clause otherwise.
std::string obstacle_in_scales(hid_t dataset, const std::string& path);

/// The same of a member that is no dataset, or of a link that leads elsewhere.
std::string obstacle_in_member(const std::string& path, const std::string& what);

}  // namespace tessera::hdf5
