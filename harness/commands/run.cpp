#include <memory>

#include "harness/commands/commands.hpp"
#include "harness/commands/run_config.hpp"

namespace scalelaw::harness {

Subcommand add_run(CLI::App& app) {
  CLI::App* command = app.add_subcommand("run", "measure a campaign");
  const auto choice = std::make_shared<RunChoice>();
  add_campaign_options(*command, choice->campaign);
  command
      ->add_option("-o,--output", choice->output, "the results file; default: results/NAME-TIME.h5")
      ->type_name("FILE.h5");
  CLI::Option* junit =
      command
          ->add_option("--junit", choice->junit,
                       "also write a report for continuous integration, in JUnit's XML, of what is "
                       "measured")
          ->type_name("FILE.xml");
  command
      ->add_flag("--dry-run", choice->dry_run,
                 "print the commands and the estimated time without measuring")
      ->excludes(junit);
  command
      ->add_option(
          "--hostfile", choice->campaign.hostfile,
          "the hosts for mpirun, one per line, instead of those in [mpirun]; in a PBS job: "
          "$PBS_NODEFILE")
      ->type_name("FILE");
  command->add_flag("-q,--quiet", choice->quiet, "show no progress");
  CLI::Option* preview =
      command->add_flag("--preview", choice->campaign.preview,
                        "a first look in about 20 s: of each kernel, one worker and all cores of "
                        "one process");
  CLI::Option* resume =
      command->add_flag("--resume", choice->resume,
                        "continue a stopped campaign (the newest of this name, or --output)");
  add_retry_option(*command, *resume, choice->retry);
  command->add_flag("--overwrite", choice->overwrite, "replace the results file if it exists");
  command
      ->add_option("--plan", choice->campaign.plan,
                   "measure the points of a submitted campaign (its campaign.json) instead of the "
                   "config's")
      ->excludes(preview)
      ->type_name("FILE.json");
  return {command, [choice] { return run_config(*choice); }};
}

}  // namespace scalelaw::harness
