#pragma once

#include <tessera/requirements.hpp>

#include <cstddef>
#include <string>
#include <vector>

/// \file
/// A study that lies in several files, shown by one: docs/segments.md.

namespace tessera {

/// What join_segments does where more than one thing could be meant.
struct JoinOptions {
  bool overwrite = false;  ///< replaces a file of that name
  /// Where times of two segments overlap (a job went on from an earlier step, in another file), those of the segment
  /// that begins later count, or of the later one in the list; else that is an error.
  bool later_wins = false;
};

/// What the new file has.
struct JoinReport {
  std::size_t datasets = 0;          ///< of the file
  std::size_t virtual_datasets = 0;  ///< of these; all others were copied
  /// What is to be known of it: attributes in which segments differ, where those of the first one count; steps that not
  /// all segments have; gaps of axes; statistics that are left out.
  std::vector<std::string> notes = {};
};

/// Makes a file that shows several others together: for each group and dataset of any of them one of that name.
/// Datasets are put together along the dimensions in whose coordinates the files differ: one behind the other in time,
/// side by side in space. Large ones of several dimensions are virtual datasets, of which no value is copied;
/// coordinates, times, scalars and other datasets of one dimension are. h5py, xarray and ParaView read the file as any
/// other; the segments stay where they are, seen from it.
///
/// Local: one rank calls it, without MPI. It may be called again and again while segments are written, with
/// `overwrite`: the file is replaced whole.
///
/// \param path of the new file
/// \param segments paths of files, written by Tessera or laid out alike, at least one
/// \param options see there
/// \throws Error file_exists; storage, hdf5 where a file cannot be read or written; invalid_argument where segments do
///         not fit together: axes that overlap, cells that no segment has and that have no fill value, values that
///         differ where several have the same, a mesh that is cut in space; type_mismatch
JoinReport join_segments(const std::string& path, const std::vector<std::string>& segments,
                         const JoinOptions& options = {});

}  // namespace tessera
