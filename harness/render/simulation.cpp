#include "harness/render/simulation.hpp"

#include <fmt/format.h>

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
  return section;
}

}  // namespace scalelaw::harness
