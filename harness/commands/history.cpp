#include "harness/render/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "common/error.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/filters.hpp"
#include "harness/commands/prepare.hpp"
#include "harness/commands/print_document.hpp"
#include "harness/commands/results_input.hpp"
#include "harness/commands/run_python.hpp"
#include "harness/commands/share_option.hpp"
#include "harness/render/formats.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

struct HistoryChoice {
  std::vector<std::string> paths, filters;
  std::string false_alarms = "1%", format = "table", html;
  bool quiet = false;
};

double false_alarms_from(const std::string& text) {
  const auto value = share_from(text);
  if (value && *value >= 0.001 && *value <= 0.5) return *value;
  throw Error(fmt::format("'{}' is not a rate of false alarms from 0.1 to 50 %", text),
              "give --false-alarms as in 1% or 0.01");
}

/// Whether a number in `a` is smaller where the names first differ: "r2.h5" comes before "r10.h5".
bool comes_before(const std::string& a, const std::string& b) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (!digit(a[i]) || !digit(b[j])) {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i, ++j;
      continue;
    }
    const auto number = [&](const std::string& text, std::size_t& at) {
      const std::size_t begin = std::min(text.find_first_not_of('0', at), text.size());
      for (at = begin; at < text.size() && digit(text[at]);) ++at;
      return text.substr(begin, at - begin);
    };
    const std::string x = number(a, i), y = number(b, j);
    if (x.size() != y.size()) return x.size() < y.size();
    if (x != y) return x < y;
  }
  return a.size() - i < b.size() - j;
}

/// The files named *.h5 in a folder.
std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".h5" && !entry.is_directory()) out.push_back(entry.path());
  }
  if (out.empty()) {
    throw Error(fmt::format("the folder '{}' has no results files", folder),
                "name a folder that has files of scalelaw run (.h5); folders in it do not count");
  }
  std::sort(out.begin(), out.end(), comes_before);
  return out;
}

History history_of(const HistoryChoice& choice) {
  const double false_alarms = false_alarms_from(choice.false_alarms);
  (void)passes(Point{}, choice.filters);  // a wrong filter is wrong whatever the files
  const auto wanted = [&](const Point& point) { return passes(point, choice.filters); };
  std::vector<PastCampaign> campaigns;
  std::vector<OmittedFile> omitted;
  for (const std::string& path : choice.paths) {
    if (!fs::is_directory(path)) {
      campaigns.push_back(past_campaign(path, open_results(path), wanted));
      continue;
    }
    for (const std::string& file : files_in(path)) {
      try {
        campaigns.push_back(past_campaign(file, read_results(file), wanted));
      } catch (const Error& error) {
        omitted.push_back({file, error.what()});
      }
    }
  }
  if (campaigns.empty()) {
    throw Error(fmt::format("no file in '{}' can be used; {}", choice.paths.front(),
                            omitted.front().reason),
                "name a folder that has files of scalelaw run (.h5)");
  }
  History history = make_history(std::move(campaigns), false_alarms);
  history.omitted.insert(history.omitted.begin(), omitted.begin(), omitted.end());
  return history;
}

std::string rendered(const History& history, Format format, bool quiet) {
  switch (format) {
    case Format::json:
      return history_json(history);
    case Format::csv:
      return history_csv(history);
    case Format::markdown:
      return as_markdown(history_sections(history, quiet));
    case Format::latex:
      return as_latex(history_sections(history, quiet));
    case Format::table:
      break;
  }
  return as_text(history_sections(history, quiet));
}

int print_history(const HistoryChoice& choice) {
  const Format format = enum_from<Format>(choice.format, "format");
  const std::string text = rendered(history_of(choice), format, choice.quiet);
  format == Format::table ? print_document(text) : fmt::print("{}", text);
  return exit_well;
}

/// Python writes the page, and asks this program for the history.
int write_page(const HistoryChoice& choice) {
  false_alarms_from(choice.false_alarms);
  (void)passes(Point{}, choice.filters);
  for (const std::string& path : choice.paths) check_is_there(path);
  std::vector<std::string> arguments{"--history", "--output=" + choice.html,
                                     "--false-alarms=" + choice.false_alarms};
  for (const std::string& filter : choice.filters) arguments.push_back("--filter=" + filter);
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), choice.paths.begin(), choice.paths.end());
  return run_python("scalelaw_results.page", arguments);
}

}  // namespace

Subcommand add_history(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "history",
      "show results over time: where points became slower or faster, and what changed there");
  const auto choice = std::make_shared<HistoryChoice>();
  command
      ->add_option("files", choice->paths,
                   "results files (.h5), files that `scalelaw import` reads without options, or "
                   "folders: every .h5 file directly in them")
      ->required()
      ->type_name("RESULTS|DIR");
  command
      ->add_option("--filter", choice->filters,
                   "show only points with KEY=VALUE, e.g. kernel=dot_product; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command
      ->add_option("--false-alarms", choice->false_alarms,
                   "the share of histories without any change in which a step or trend may still "
                   "be reported")
      ->type_name("RATE")
      ->capture_default_str();
  CLI::Option* format = add_format_option(*command, choice->format, all_names<Format>());
  CLI::Option* quiet = command->add_flag("-q,--quiet", choice->quiet, "show only the findings");
  CLI::Option* html = command->add_option(
      "--html", choice->html,
      "write one page to OUT with a figure of each point, steps marked, which needs no network; "
      "- is standard output");
  html->type_name("OUT")->excludes(format)->excludes(quiet);
  return {command, [choice, html] {
            return html->count() > 0 ? write_page(*choice) : print_history(*choice);
          }};
}

}  // namespace scalelaw::harness
