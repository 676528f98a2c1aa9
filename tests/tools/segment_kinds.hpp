#pragma once

#include <string>

/// \file
/// Segments with what is no field on a grid: a table, a time axis with every second step, a refinement of two levels, a
/// mesh that changes after the second step. Steps 0 to 3 of a domain of 24 planes; check_join_kinds.py has the same
/// values.

/// Planes are those of the whole domain that the segment has. `in_time`: also a refinement and a mesh. Collective.
void write_kinds(const std::string& file, int first_plane, int end_plane, int first_step, int end_step, bool in_time);

/// Prints the rows that each rank reads of the table in each step, and how often values of the others were right.
void read_kinds(const std::string& file);
