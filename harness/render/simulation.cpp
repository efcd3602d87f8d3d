#include "harness/render/simulation.hpp"

#include <fmt/format.h>

#include <map>
#include <string>

#include "harness/analysis/names.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/analysis/simulation.hpp"

namespace scalelaw::harness {
namespace {

std::string leaves_cell(const HeldAgainst& said) {
  return said.first == 0 ? "-"
                         : fmt::format("p={} {}", said.first, signed_percent(said.first_error));
}

std::string growth_cell(const SimulatedSeries& series) {
  if (!series.grows) return "-";
  return fmt::format("{} {} to {}", to_string(*series.grows), percent(series.grows_from),
                     percent(series.grows_to));
}

/// "measured on n1, AMD EPYC 7763; simulated on laptop"
std::string machine_text(const std::map<std::string, std::string>& environment) {
  const auto known = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string("unknown") : found->second;
  };
  std::string out = fmt::format("measured on {}, {}", known("host.name"), known("cpu.model"));
  if (environment.contains("simulated.on.host.name")) {
    out += "; simulated on " + known("simulated.on.host.name");
  }
  return out;
}

}  // namespace

Section simulation_section(const Report& report) {
  Section section{
      2,
      fmt::format(
          "Simulations (leaves: from where on a speedup predicted from measurements is more "
          "than {} off)",
          percent(departure)),
      {},
      {},
      {}};
  section.table.header = {"work", "model", "prediction", "leaves", "farthest", "grows"};
  section.table.left = {0, 1, 2, 3, 4, 5};
  section.table.keys = 3;
  for (const SimulatedSeries& series : simulated_series(report)) {
    const Point& first = *series.simulated->series.first;
    const std::string name = scaled_label(first), runner = runner_label(first);
    for (const HeldAgainst& said : series.predictions) {
      section.table.rows.push_back(
          {name, runner, said.title, leaves_cell(said),
           fmt::format("p={} {}", said.farthest, signed_percent(said.farthest_error)),
           growth_cell(series)});
    }
    section.after.push_back(
        fmt::format("{} {}: {}", name, runner, validation_text(series, report)));
  }
  if (!section.after.empty()) {
    section.after.push_back(machine_text(report.results->environment));
  }
  return section;
}

}  // namespace scalelaw::harness
