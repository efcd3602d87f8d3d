#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "harness/commands/campaign_files.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/filters.hpp"
#include "harness/commands/prepare.hpp"
#include "harness/commands/results_input.hpp"
#include "harness/exchange/exchange.hpp"
#include "harness/store/regular_file.hpp"

namespace scalelaw::harness {
namespace {

struct ExportRequest {
  std::string file, format, output;
  std::vector<std::string> filters;
  bool overwrite = false;
};

/// What the formats of other programs cannot say.
void note_weak_series(const Results& results, const std::string& format) {
  const bool is_said = format == "csv" || format == "hyperfine";
  const bool any =
      std::any_of(results.points.begin(), results.points.end(), [](const Point& point) {
        return point.scaling == Scaling::weak && point.state != State::skipped;
      });
  if (is_said || !any) return;
  complain("scalelaw", "the format cannot say that series are weak: their names do",
           "scalelaw import --scaling weak reads them so again");
}

/// Leaves out the points that do not pass: one that was skipped has no time to export.
void keep_passing(Results& results, const std::vector<std::string>& filters) {
  for (Point& point : results.points) {
    if (!passes(point, filters)) point.state = State::skipped;
  }
}

int export_all(const ExportRequest& options) {
  Results results = open_results(options.file);
  keep_passing(results, options.filters);
  const std::string text = export_text(results, options.format);
  note_weak_series(results, options.format);
  if (options.output.empty()) {
    print_output(text);
    return exit_well;
  }
  require_free(options.output, options.overwrite);
  const RegularFile file(options.output, O_WRONLY | O_CREAT | O_TRUNC,
                         "choose an --output in a writable folder");
  file.write_at(0, text);
  file.sync();
  return exit_well;
}

}  // namespace

Subcommand add_export(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("export", "write the times of a results file for another program");
  const auto options = std::make_shared<ExportRequest>();
  command->add_option("file", options->file, results_file_help)->required()->type_name("RESULTS");
  command->add_option("--format", options->format, "of the other program")
      ->required()
      ->check(CLI::IsMember(export_format_names()).description(""))
      ->type_name(braces(export_format_names()));
  command->add_option("-o,--output", options->output, "default: stdout")->type_name("FILE");
  command
      ->add_option("--filter", options->filters,
                   "only points that have KEY=VALUE, e.g. kernel=dot_product or model=openmp; "
                   "repeatable: all must hold")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command->add_flag("--overwrite", options->overwrite, "replace the file if it exists");
  return {command, [options] { return export_all(*options); }};
}

}  // namespace scalelaw::harness
