#include <fmt/format.h>

#include <memory>

#include "harness/batch/batch.hpp"
#include "harness/commands/campaign_files.hpp"
#include "harness/commands/commands.hpp"
#include "harness/laws/predictions.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw {

Subcommand add_collect(CLI::App& app) {
  struct Options {
    std::string campaign, output;
  };
  CLI::App* command = app.add_subcommand(
      "collect", "join what the jobs of a campaign have measured so far in one results file");
  const auto options = std::make_shared<Options>();
  command->add_option("campaign", options->campaign,
                      "its folder, or its config (the newest of that name); default: the newest");
  command->add_option("-o,--output", options->output, "the results file; default: FOLDER.h5")
      ->type_name("FILE");
  return {command, [options] {
            const Batch batch = find_batch(options->campaign);
            const std::string output =
                options->output.empty() ? batch.folder.string() + ".h5" : options->output;
            require_output(output);
            Results results = collect(batch);
            add_laws(results);
            write_results(output, results);
            return print_end(results, output);
          }};
}

}  // namespace scalelaw
