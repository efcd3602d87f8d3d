#include <fmt/format.h>

#include <memory>

#include "harness/batch/batch.hpp"
#include "harness/batch/queue.hpp"
#include "harness/commands/commands.hpp"

namespace scalelaw {

Subcommand add_cancel(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "cancel", "take back the jobs of a campaign, and no others; what they measured is kept");
  const auto campaign = std::make_shared<std::string>();
  command->add_option("campaign", *campaign,
                      "its folder, or its config (the newest of that name); default: the newest");
  return {command, [campaign] {
            const Batch batch = find_batch(*campaign);
            std::vector<std::string> words{"scancel"};
            for (const auto& [id, job] : ask_queue(batch)) {
              if (job.alive()) words.push_back(id);
            }
            if (words.size() > 1) (void)ask_slurm(words);
            fmt::print("{}: {} job{} cancelled\n", batch.folder.string(), words.size() - 1,
                       words.size() == 2 ? "" : "s");
            return exit_well;
          }};
}

}  // namespace scalelaw
