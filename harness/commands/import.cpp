#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <memory>

#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "harness/analysis/derive.hpp"
#include "harness/commands/campaign_files.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/commands.hpp"
#include "harness/exchange/exchange.hpp"
#include "harness/exchange/iso_time.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

struct ImportRequest {
  std::vector<std::string> files, columns;
  std::string output, name, started;
  bool overwrite = false;
  ImportOptions how;
};

/// The meaning and the name of "workers=NP".
std::pair<std::string, std::string> mapping_of(const std::string& text) {
  const auto equal = text.find('=');
  if (equal == std::string::npos || equal == 0 || equal + 1 == text.size()) {
    throw Error(fmt::format("--column '{}' is not MEANING=NAME", text),
                "write it like --column workers=NP");
  }
  return {text.substr(0, equal), text.substr(equal + 1)};
}

std::string counted_series(const Results& results) {
  std::int64_t series = 0;
  for (const Point& point : results.points) series = std::max(series, point.series + 1);
  return fmt::format("{} series", series);
}

std::string started_from(const std::string& text) {
  if (const auto time = utc_time(text)) return *time;
  throw Error(fmt::format("--started '{}' is not a time", text),
              "write it like 2026-01-31 or 2026-01-31T12:00:00Z");
}

void require_h5(const std::string& output) {
  if (output.ends_with(".h5") || output.ends_with(".hdf5")) return;
  throw Error(
      fmt::format("'{}' does not end in .h5, and a results file is HDF5", output),
      fmt::format("--output {}.h5", std::filesystem::path(output).replace_extension().string()));
}

int import_all(const ImportRequest& options) {
  require_h5(options.output);
  ImportOptions how = options.how;
  for (const std::string& column : options.columns) how.columns.push_back(mapping_of(column));
  Imported imported = import_files(options.files, how);
  for (const std::string& note : imported.notes) complain("scalelaw", note);
  Results& results = imported.results;
  if (!options.name.empty()) results.name = options.name;
  if (!options.started.empty()) results.started = started_from(options.started);
  require_output(options.output);
  require_free(options.output, options.overwrite);
  derive(results);
  write_results(options.output, results);
  fmt::print("{}: {} points of {} in {} launches, read as {}\n", options.output,
             results.points.size(), counted_series(results), results.launches.size(),
             results.environment.at("import.format"));
  return exit_well;
}

void add_mapping(CLI::App& command, ImportRequest& options) {
  command
      .add_option("--column", options.columns,
                  "what a column, or a parameter of the other program, means: workers, ranks, "
                  "threads, nodes, seconds, rate, repetition, series, model, scaling, size, "
                  "param.NAME ...; e.g. --column workers=NP --column 'seconds=Time (s)'")
      ->type_name("MEANING=NAME")
      ->allow_extra_args(false);
  command
      .add_option("--ignore", options.how.ignore,
                  "leave out this column or parameter; '*': all whose names are not known")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command.add_option("--separator", options.how.separator,
                     "what separates cells: a character, tab or space; default: as in the header");
  command.add_option("--unit", options.how.unit,
                     "of times, where the file does not say it: s, ms, us, ns, min, h");
  command.add_flag("--equal-rows", options.how.equal_rows,
                   "rows that are equal are separate measurements, and not a mistake");
}

void add_naming(CLI::App& command, ImportRequest& options) {
  command
      .add_option("--scaling", options.how.scaling,
                  "what kind of scaling it is, where the file does not say; default: strong")
      ->check(CLI::IsMember(all_names<Scaling>()).description(""))
      ->type_name(braces(all_names<Scaling>()));
  command.add_option("--series", options.how.series,
                     "the name of what was measured, in place of what the file says");
  command.add_option("--metric", options.how.metric,
                     "which metric is read, where there are several (Extra-P, ReFrame)");
  command.add_option("--pattern", options.how.pattern,
                     "for logs: a regular expression whose group 1 is the time, e.g. "
                     "'elapsed: ([0-9.]+)'; default: what `time` prints");
  command.add_option("--workers-pattern", options.how.workers_pattern,
                     "for logs and hyperfine: a regular expression whose group 1 is the number of "
                     "workers, in the log or the file's name, or in the command");
}

}  // namespace

Subcommand add_import(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("import", "read times that another program measured as a results file");
  const auto options = std::make_shared<ImportRequest>();
  command->add_option("files", options->files, "files of one format; - is stdin")
      ->required()
      ->type_name("FILE");
  command->add_option("-o,--output", options->output, "the results file (.h5)")
      ->required()
      ->type_name("FILE");
  command->add_option("--format", options->how.format, "default: by name and contents")
      ->check(CLI::IsMember(import_format_names()).description(""))
      ->type_name(braces(import_format_names()));
  add_mapping(*command, *options);
  add_naming(*command, *options);
  command->add_option("--name", options->name, "of the campaign; default: the first file's name");
  command->add_option("--started", options->started,
                      "when it was measured, where the files do not say: a day, or ISO 8601");
  command->add_flag("--overwrite", options->overwrite, "replace the results file if it exists");
  return {command, [options] { return import_all(*options); }};
}

}  // namespace scalelaw::harness
