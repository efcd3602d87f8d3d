#include "harness/analysis/derive.hpp"

#include <fmt/format.h>

#include <utility>

#include "common/build_info.hpp"
#include "harness/analysis/report.hpp"

namespace scalelaw::harness {

void derive(Results& results) {
  Report report = make_report(results);
  results.scaling = std::move(report.scaling);
  results.account = std::move(report.account);
  results.fits = std::move(report.fits);
  results.predictions = std::move(report.predictions);
  results.findings = std::move(report.findings);
  results.derived_by = fmt::format("scalelaw {} ({})", build::version, build::revision);
}

}  // namespace scalelaw::harness
