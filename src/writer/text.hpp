#pragma once

#include <string>

#include <tessera/writer.hpp>

#include "writer/state.hpp"

/// \file
/// Calls as text: exact, so that equal texts mean equal calls, and readable, since they appear in error messages.

namespace tessera::detail {

std::string text_of(const AttributeValue& value);
std::string writer_text(const std::string& path, const Options& options);
std::string run_text(const std::string& name, const Attributes& parameters, const RunOptions& options);
std::string field_text(const RunEntry& run, const std::string& name, const Grid& grid, const FieldRequest& request);
/// \param space nullptr: none
std::string mesh_field_text(const RunEntry& run, const std::string& name, const MeshSpaceEntry* space,
                            const FieldRequest& request);
std::string table_text(const RunEntry& run, const std::string& name, const TableOptions& options);
std::string column_text(const RunEntry& run, const std::string& name, const TableEntry* table,
                        const FieldRequest& request);
std::string refined_field_text(const RunEntry& run, const std::string& name, const std::string& refinement,
                               const FieldRequest& request);
std::string mesh_text(const RunEntry& run, const std::string& name, const MeshOptions& options);

/// The commit of a step, without its numbers (StepValues::text): "commit of step 12 of run 'a'".
std::string step_name(const StepEntry& step);

}  // namespace tessera::detail
