#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <memory>

#include "common/json_text.hpp"
#include "common/quantity.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/prepare.hpp"
#include "harness/commands/progress_line.hpp"
#include "harness/plan/faults.hpp"

namespace scalelaw::harness {
namespace {

std::string placement_text(const Placement& placement) {
  return fmt::format("{}x{}x{}", placement.nodes, placement.ranks_per_node, placement.threads);
}

void print_points(const Prepared& prepared) {
  std::int64_t series = -1;
  for (const Point& point : prepared.points) {
    if (point.series != series) {
      series = point.series;
      fmt::print("{}: {} {}/{}, {} scaling{}\n", point.experiment, point.kernel,
                 point.implementation, point.model.name, to_string(point.scaling),
                 point.options.empty() ? "" : " " + serialize(point.options));
    }
    fmt::print("  {:<9} {}{}{}\n", placement_text(point.placement), serialize(point.params),
               point.oversubscribed ? "  (oversubscribed)" : "",
               point.state == State::skipped ? "  skipped: " + point.reason
               : point.reason.empty()        ? ""
                                             : "  (" + point.reason + ")");
  }
}

/// The programs that the config itself names: whoever runs it runs them.
void print_drivers(const Campaign& campaign) {
  for (const ConfigDriver& driver : campaign.drivers) {
    const std::vector<std::string> lines = shown(driver);
    fmt::print("runs {}\n", fmt::join(lines, "\n     "));
    fmt::print("       {}, digest {}\n", is_trusted(driver) ? "confirmed" : "not confirmed yet",
               digest_of(driver));
  }
}

int check(CampaignChoice choice) {
  choice.runs = Runs::descriptions;
  const Prepared prepared = find_faults(choice);
  throw_faults(prepared.faults);
  print_doubt(prepared);
  print_budget_doubt(prepared);
  print_points(prepared);
  print_drivers(prepared.campaign);
  const Machine& machine = prepared.machine;
  fmt::print("{}: {}\n", choice.config,
             plan_text(prepared.points, prepared.campaign.measuring, prepared.traits.real_time));
  fmt::print("planned for {} node{} of {} cores ({} in all), {} available, last-level cache {}\n",
             machine.nodes, machine.nodes == 1 ? "" : "s", machine.cores, machine.cores_total,
             format_bytes(machine.memory_bytes),
             format_bytes(static_cast<double>(machine.last_level_cache_bytes)));
  return exit_well;
}

}  // namespace

Subcommand add_check(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "check",
      "list what a config would measure, or everything that prevents it; reads inputs, tries "
      "outputs, contacts hosts");
  const auto choice = std::make_shared<CampaignChoice>();
  add_campaign_options(*command, *choice);
  return {command, [choice] { return check(*choice); }};
}

}  // namespace scalelaw::harness
