#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "common/error.hpp"
#include "harness/analysis/derive.hpp"
#include "harness/batch/find.hpp"
#include "harness/commands/campaign_files.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/find_config.hpp"
#include "harness/store/output_path.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

struct CollectChoice {
  std::string campaign, output;
  bool overwrite = false;
};

/// Whether `output` is an earlier collection of the same campaign, and `results` has all of it.
bool is_earlier(const std::string& output, const Results& results) {
  try {
    const Results there = read_results(output);
    return there.name == results.name && there.config_text == results.config_text &&
           there.started == results.started && there.launches.size() <= results.launches.size();
  } catch (const Error&) {
    return false;
  }
}

/// Requires that no job and no unfinished campaign writes to `output`.
void require_unused(const Batch& batch, const std::string& output) {
  for (const BatchJob& job : batch.jobs) {
    const std::string file = batch.file(job, ".h5");
    if (plain_folder(output) == plain_folder(file)) {
      throw Error(fmt::format("'{}' is the file of the job {}", output, job.name),
                  "choose another --output");
    }
  }
  if (fs::exists(journal_path(output))) {
    throw Error(fmt::format("'{}' belongs to an unfinished campaign: '{}' exists", output,
                            journal_path(output)),
                "choose another --output");
  }
}

int collect(const CollectChoice& choice) {
  const auto [batch, notes] = find_batch(config_or_other(choice.campaign));
  print_notes(notes);
  const std::string output = choice.output.empty() ? batch.folder.string() + ".h5" : choice.output;
  require_output(output);
  require_unused(batch, output);
  Results results = collect(batch);
  // A collection with the default name may be updated as jobs end.
  if (!choice.output.empty() || !is_earlier(output, results)) {
    require_free(output, choice.overwrite);
  }
  derive(results);
  write_results(output, results);
  return print_end(results, output);
}

}  // namespace

Subcommand add_collect(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "collect",
      "merge what the jobs of a campaign have measured so far into one results file; exits 3 if "
      "any point failed or is missing");
  const auto choice = std::make_shared<CollectChoice>();
  command->add_option("campaign", choice->campaign, which_campaign)->type_name("DIR|CONFIG");
  command
      ->add_option("-o,--output", choice->output,
                   "the results file; default: FOLDER.h5, which a later collect updates")
      ->type_name("FILE.h5");
  command->add_flag("--overwrite", choice->overwrite, "replace the results file if it exists");
  return {command, [choice] { return collect(*choice); }};
}

}  // namespace scalelaw::harness
