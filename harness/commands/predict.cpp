#include "harness/render/predict.hpp"

#include <fmt/format.h>

#include <memory>

#include "common/error.hpp"
#include "common/quantity.hpp"
#include "harness/analysis/forecast.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/efficiency_option.hpp"
#include "harness/commands/prepare.hpp"
#include "harness/commands/print_document.hpp"
#include "harness/commands/results_input.hpp"
#include "harness/exchange/exchange.hpp"
#include "harness/render/formats.hpp"

namespace scalelaw::harness {
namespace {

struct PredictOptions {
  std::string file, series;
  std::vector<std::string> workers, laws, efficiencies;
  std::int64_t hold_out = 0;
  bool far = false;
  std::string format = "table";
};

std::int64_t count_of(const std::string& text) {
  try {
    return parse_count(text);
  } catch (const Error& error) {
    throw Error(fmt::format("--workers: {}", error.what()), "give counts such as 16,32");
  }
}

std::vector<std::int64_t> worker_counts(const std::vector<std::string>& texts) {
  std::vector<std::int64_t> out;
  for (const std::string& text : texts) {
    out.push_back(count_of(text));
    if (out.back() < 1) throw Error("--workers: a count is 0", "give counts of at least 1");
  }
  return out;
}

Question question_of(const PredictOptions& options) {
  Question question{.workers = worker_counts(options.workers),
                    .laws = options.laws,
                    .far = options.far,
                    .hold_out = options.hold_out};
  for (const std::string& text : options.efficiencies) {
    question.efficiencies.push_back(efficiency_from(text));
  }
  if (question.hold_out < 0) throw Error("--hold-out is negative", "give 1, 2 or 3");
  if (question.hold_out > 0 && !question.workers.empty()) {
    throw Error("--hold-out and --workers are both given",
                "omit --workers: --hold-out predicts the largest p that was measured");
  }
  if (question.workers.empty() && question.efficiencies.empty() && question.hold_out == 0) {
    throw Error("nothing is asked for",
                "give worker counts (--workers 16,32), an efficiency (--efficiency 75%) or "
                "--hold-out 1");
  }
  return question;
}

Results results_of(const PredictOptions& options) {
  if (options.file.empty() == options.series.empty()) {
    throw Error(
        options.file.empty() ? "no file is given" : "a results file and --series are both given",
        "give a results file, or --series and a CSV file");
  }
  if (options.series.empty()) return open_results(options.file);
  ImportOptions csv;
  csv.format = "csv";
  return import_files({options.series}, csv).results;
}

int predict(const PredictOptions& options) {
  const Format format = enum_from<Format>(options.format, "format");
  const Question question = question_of(options);
  const Results results = results_of(options);
  check_question(results, question);
  if (format == Format::json) {
    fmt::print("{}", predict_json(results, question));
  } else {
    const auto sections = predict_sections(results, question,
                                           {.init = typed_command({"init", "--from", options.file}),
                                            .run = typed_command({"run", "next.toml"})});
    format == Format::table ? print_document(as_text(sections))
                            : fmt::print("{}", as_markdown(sections));
  }
  return exit_well;
}

}  // namespace

Subcommand add_predict(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "predict",
      "predict speedups at worker counts that were not measured, and say how far off "
      "such predictions usually are");
  const auto options = std::make_shared<PredictOptions>();
  command->add_option("file", options->file, results_file_help)->type_name("RESULTS");
  command->add_option("--workers", options->workers, "worker counts, e.g. 64,256,1024")
      ->delimiter(',')
      ->type_name("COUNT");
  command
      ->add_option("--efficiency", options->efficiencies,
                   "also show how many workers keep the efficiency above this, e.g. 75% or 50%,75%")
      ->delimiter(',')
      ->type_name("SHARE");
  command
      ->add_option(
          "--law", options->laws,
          "also show these laws beside the combined prediction, e.g. amdahl,usl; all: every law")
      ->delimiter(',')
      ->type_name(braces(law_words()));
  command->add_flag("--far", options->far,
                    "also predict beyond 8 times the largest measured worker count");
  command
      ->add_option("--hold-out", options->hold_out,
                   "omit this many of the largest worker counts and predict the largest from "
                   "the rest, beside what was measured")
      ->type_name("N");
  command
      ->add_option("--series", options->series,
                   "instead of a results file: a CSV file with the columns p and seconds; "
                   "others as docs/import.md says; - is stdin")
      ->type_name("FILE.csv");
  add_format_option(*command, options->format, {"table", "json", "markdown"});
  return {command, [options] { return predict(*options); }};
}

}  // namespace scalelaw::harness
