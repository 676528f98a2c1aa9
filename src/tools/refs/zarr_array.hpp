#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "hdf5/survey.hpp"

namespace tessera::tools {

/// Why Zarr cannot read a dataset; empty where it can.
std::string why_not_zarr(const hdf5::SurveyedDataset& dataset);

/// What an array's .zarray has. \throws nothing of its own; for datasets that Zarr can read
nlohmann::ordered_json zarr_array(const hdf5::SurveyedDataset& dataset);

/// What .zattrs has. \param axes names, by which xarray knows the coordinates
nlohmann::ordered_json zarr_attributes(const Attributes& attributes);

}  // namespace tessera::tools
