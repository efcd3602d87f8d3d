#pragma once

#include <string>
#include <vector>

#include "harness/analysis/report.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

enum class Format { table, json, csv, markdown, latex };
constexpr auto enum_names(Format) {
  return std::array<std::string_view, 5>{"table", "json", "csv", "markdown", "latex"};
}

/// How much of a report a document shows.
enum class Detail {
  findings,  ///< its conclusions alone
  tables,    ///< and a table of times and speedups for each kernel and size
  full       ///< and where efficiency was lost, laws, ceilings, peers, rules, environment
};

/// The report as a document, for as_text(), as_markdown() and as_latex().
std::vector<Section> report_sections(const Report& report, Detail detail = Detail::full);

/// The measured sections of the report: all models side by side for each kernel, size and kind of
/// scaling.  With Detail::full, also where efficiency was lost, and the laws.
std::vector<Section> scaling_sections(const Report& report, Detail detail);

/// The predictions that a report needs for render() with the same format and detail.
Judged judged_for(Format format, Detail detail);

/// The report in one format.  JSON and CSV contain all of it, whatever the `detail`.  JSON is an
/// object with the stable keys of docs/json.md; unknown values are null, and numbers have all their
/// digits.  CSV has one row per point.
std::string render(const Report& report, Format format, Detail detail = Detail::full);

std::string report_json(const Report& report);
std::string report_csv(const Report& report);

/// A comma-separated line (RFC 4180), with its newline.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace scalelaw::harness
