#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "harness/analysis/findings.hpp"
#include "harness/commands/campaign_files.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/lesson_input.hpp"
#include "harness/commands/lessons.hpp"
#include "harness/commands/run_campaign.hpp"
#include "harness/launch/choose.hpp"
#include "harness/process/own_files.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

struct TeachChoice {
  std::string lesson;   ///< empty: list them
  std::string machine;  ///< "64", "4x16"; empty: this one
  RunChoice run;
};

int list_lessons() {
  const std::vector<LessonConfig> lessons = find_lessons();
  std::size_t width = 0;
  for (const LessonConfig& one : lessons) width = std::max(width, one.name.size());
  fmt::print("{} lessons, each under a minute on two cores:\n\n", lessons.size());
  for (const LessonConfig& one : lessons) {
    fmt::print("  {:<{}}  {}\n", one.name, width, one.lesson().title);
  }
  fmt::print(
      "\n{0} runs a lesson here, and with --machine 64 on a pretended one with 64 cores a node.\n"
      "{1}/README.md has the course, {1}/glossary.md its terms.\n",
      typed_command({"teach", "LESSON"}), (own_files().docs / "teaching").string());
  return exit_well;
}

/// "64" or "4x16": the cores of a node, or nodes and the cores of each.
void choose_machine(const std::string& text, CampaignChoice& campaign) {
  const std::size_t times = text.find('x');
  const auto count = [&](const std::string& part) {
    std::int64_t out = 0;
    const bool digits = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
    if (digits && part.size() < 7 && CLI::detail::lexical_cast(part, out) && out > 0) return out;
    throw Error(
        fmt::format("'--machine': '{}' is not a machine", text),
        "give the cores of a node, such as 64, or nodes and the cores of each, such as 4x16");
  };
  if (times != std::string::npos) campaign.nodes = count(text.substr(0, times));
  campaign.cores = count(times == std::string::npos ? text : text.substr(times + 1));
  campaign.launcher = pretending_launcher().name;
}

/// What to know before the findings: that their machine is pretended, and how to read 1x1x64.
void print_setting(const Results& results) {
  const auto& known = results.environment;
  if (const auto cores = known.find("pretended.cores"); cores != known.end()) {
    const std::string& nodes = known.at("pretended.nodes");
    fmt::print(
        "\nThe machine is pretended, and its times are invented: {} node{} with {} cores each.\n",
        nodes, nodes == "1" ? "" : "s", cores->second);
  }
  const auto parallel = [](const Point& point) { return point.model.is_parallel(); };
  if (std::ranges::none_of(results.points, parallel)) return;
  fmt::print("\n1x2x4 reads: 1 node, 2 ranks on each node, 4 threads in each rank.\n");
}

/// The findings that state the lesson, after those that say whether to trust them.
void print_findings(const LessonConfig& lesson, const Results& results) {
  const Report report = make_report(results, {.most = all_findings}, Judged::for_findings);
  const std::vector<std::string>& kinds = lesson.lesson().findings;
  bool any = false;
  fmt::print("\nWhat it shows:\n");
  for (const Finding& finding : report.findings) {
    const bool doubt = finding.kind == to_string(FindingKind::clock) ||
                       finding.kind == to_string(FindingKind::busy);
    const bool states = std::find(kinds.begin(), kinds.end(), finding.kind) != kinds.end();
    if (doubt || states) fmt::print("- {}\n", finding.text);
    any = any || states;
  }
  if (!any) {
    fmt::print("- The times do not decide it: there is no finding of the kind {}.\n",
               fmt::join(kinds, " or "));
  }
}

void print_lesson(const LessonConfig& lesson, const RunChoice& run) {
  const Lesson& told = lesson.lesson();
  const Results results = read_results(run.output);
  print_setting(results);
  print_findings(lesson, results);
  if (run.campaign.brief) {
    fmt::print("- This was a trial run, with tiny sizes and one launch each: not a measurement.\n");
  }
  fmt::print("\nExpected: {}\n\nQuestion: {}\n\n", told.claim, told.question);
  if (!lesson.page.empty()) fmt::print("page: {}\n", lesson.page);
  fmt::print("next: {}\n", typed_command({"report", run.output}));
  fmt::print("      {}", typed_command({"plot", run.output}));
  if (!told.figure.empty()) fmt::print("    (look at {})", told.figure);
  fmt::print("\n");
}

int teach(TeachChoice choice) {
  if (choice.lesson.empty()) return list_lessons();
  const LessonConfig lesson = find_lesson(choice.lesson);
  for (const std::string& kind : lesson.lesson().findings) {
    (void)enum_from<FindingKind>(kind, "kind of finding");  // known, before anything is measured
  }
  RunChoice& run = choice.run;
  run.campaign.config = lesson.config;
  if (!choice.machine.empty()) choose_machine(choice.machine, run.campaign);
  if (run.output.empty()) run.output = default_output(lesson.campaign.name) + ".h5";
  fmt::print("{}\n", lesson.lesson().title);
  const std::string made = make_input(lesson, run.campaign.drivers);
  if (!made.empty()) fmt::print("made the folder '{}', which the lesson reads\n", made);
  const int status = run_campaign(run).exit_code;
  if (status == exit_well || status == exit_failures) print_lesson(lesson, run);
  return status;
}

}  // namespace

Subcommand add_teach(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "teach", "run a lesson of the course on parallel computing; without one, list them");
  const auto choice = std::make_shared<TeachChoice>();
  command->add_option("lesson", choice->lesson, "a lesson, or a config with a [lesson] table")
      ->type_name("LESSON|FILE.toml");
  command
      ->add_option("--machine", choice->machine,
                   "pretend a machine with so many cores a node (the config says how many nodes), "
                   "or so many "
                   "nodes with so many cores each")
      ->type_name("CORES|NODESxCORES");
  command->add_flag("--trial", choice->run.campaign.brief,
                    "one launch of each point, with tiny sizes, to see that it runs");
  command
      ->add_option("-o,--output", choice->run.output,
                   "the results file; default: results/NAME-TIME.h5")
      ->type_name("FILE.h5");
  command->add_flag("--overwrite", choice->run.overwrite, "replace the results file if it exists");
  command->add_flag("-q,--quiet", choice->run.quiet, "show no progress");
  command->add_flag("--yes", choice->run.campaign.yes,
                    "run the config's own programs ([[driver]]) without asking");
  command
      ->add_option("--drivers", choice->run.campaign.drivers,
                   "folder of the drivers; default: $SCALELAW_DRIVERS, or those of scalelaw")
      ->type_name("DIR");
  return {command, [choice] { return teach(*choice); }};
}

}  // namespace scalelaw::harness
