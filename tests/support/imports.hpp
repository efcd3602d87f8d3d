#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "common/error.hpp"
#include "harness/exchange/exchange.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

inline Results import_text(const std::string& text, const ImportOptions& options = {},
                           const std::string& name = "x.csv") {
  return import_texts({{name, text}}, options).results;
}

/// What is wrong with a text; empty: nothing.  Each fault has a remedy.
inline std::string import_fault(const std::string& text, const ImportOptions& options = {},
                                const std::string& name = "x.csv") {
  try {
    (void)import_text(text, options, name);
  } catch (const Error& error) {
    EXPECT_FALSE(error.hint().empty()) << error.what();
    return error.what();
  }
  return "";
}

/// The remedy of what is wrong with a text; empty: nothing is.
inline std::string hint_of(const std::string& text, const ImportOptions& options = {},
                           const std::string& name = "x.csv") {
  try {
    (void)import_text(text, options, name);
  } catch (const Error& error) {
    return error.hint();
  }
  return "";
}

/// A file that another program wrote.
inline ForeignFile fixture(const std::string& name) {
  std::ifstream in(SCALELAW_SOURCE_DIR "/tests/data/import/" + name, std::ios::binary);
  EXPECT_TRUE(in) << name;
  return {name, {std::istreambuf_iterator<char>(in), {}}};
}

/// The number of the point of a kernel at a placement; -1: there is none.
inline std::int64_t point_at(const Results& results, const std::string& kernel,
                             const Placement& placement) {
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    const Point& point = results.points[i];
    if (point.kernel == kernel && point.placement == placement) return static_cast<std::int64_t>(i);
  }
  return -1;
}

/// The median time of that point.
inline double median_at(const Results& results, const std::string& kernel,
                        const Placement& placement) {
  const std::int64_t point = point_at(results, kernel, placement);
  EXPECT_GE(point, 0) << kernel;
  return point < 0 ? 0 : summarize(results, point).median_s;
}

}  // namespace scalelaw::harness
