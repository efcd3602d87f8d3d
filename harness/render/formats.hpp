#pragma once

#include <string>
#include <vector>

#include "harness/analysis/report.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

enum class Format { table, json, csv, markdown };
constexpr auto enum_names(Format) {
  return std::array<std::string_view, 4>{"table", "json", "csv", "markdown"};
}

/// The report as a document, for as_text() and as_markdown().
std::vector<Section> report_sections(const Report& report);

/// The measured sections of the report: per kernel, size and kind of scaling, all models side by
/// side, where efficiency was lost, and the laws.
std::vector<Section> scaling_sections(const Report& report);

/// The report in one format.  JSON: an object with the stable keys that docs/methodology.md lists,
/// null for what is unknown, every number with all its digits.  CSV: one row per point.
std::string render(const Report& report, Format format);

std::string report_json(const Report& report);
std::string report_csv(const Report& report);

/// A comma-separated line (RFC 4180), with its newline.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace scalelaw::harness
