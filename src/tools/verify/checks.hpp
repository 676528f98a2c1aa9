#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "hdf5/survey.hpp"
#include "schema/contents.hpp"
#include "tools/verify/report.hpp"

/// \file
/// What a verification looks at: one source each.

namespace tessera::tools {

/// A field and its run.
struct StepDataset {
  const schema::StoredRun* run;
  const schema::StoredField* field;
};
/// Datasets that have steps: all chunks of one step follow each other in number.
using StepDatasets = std::map<std::string, StepDataset>;

/// Reads every chunk and decodes it, on so many threads; datasets in one piece, too.
void check_chunks(const hdf5::Survey& survey, const StepDatasets& fields, std::size_t threads, VerifyReport& report);

/// Whether all that the file has lies inside it, and nothing on something else; what nothing points at.
void check_space(const hdf5::Survey& survey, const StepDatasets& fields, VerifyReport& report);

/// Runs: times, lengths, axes, and whether fields have all chunks that their length promises.
void check_runs(const hdf5::Survey& survey, const schema::Contents& contents, VerifyReport& report);

/// Refinements: whether boxes, fields and levels fit together.
void check_refinements(const hdf5::Survey& survey, const schema::StoredRun& run, VerifyReport& report);

/// Whether the rows of a table are boxes of a refinement, which are not written again where they stay.
bool has_boxes(const schema::StoredRun& run, const std::string& table);

/// Files in which virtual datasets have their values.
void check_segments(const hdf5::Survey& survey, VerifyReport& report);

/// A finding about a chunk of a dataset, with its step.
Finding chunk_finding(Finding::Kind kind, const hdf5::SurveyedDataset& dataset, const StepDatasets& fields,
                      std::uint64_t number, std::optional<std::uint64_t> offset, std::string text);

}  // namespace tessera::tools
