#include "harness/launch/slurm_faults.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

#include "common/lines.hpp"
#include "harness/launch/slurm.hpp"

namespace scalelaw::harness {
namespace {

constexpr std::string_view controller =
    "wait until the controller answers (scontrol ping), then try again";
constexpr std::string_view authentication =
    "munged must run, here and on the controller, with the same key: ask the site's administrator";
constexpr std::string_view absent =
    "install SLURM's commands or load their module, or go to a login node of the cluster";
constexpr std::string_view account =
    "correct [slurm] account (yours: sacctmgr show associations user=$USER)";
constexpr std::string_view partition = "correct [slurm] partition (sinfo lists them)";
constexpr std::string_view option =
    "correct [slurm] directives: this sbatch does not accept the option in this form (sbatch "
    "--help)";
constexpr std::string_view limits =
    "ask for less: fewer nodes, or a shorter time ([slurm] time, or budget_s and margin); the "
    "site's limits: scontrol show partition, sacctmgr show qos";
constexpr std::string_view nodes =
    "ask for fewer nodes, cores or bytes, or for another [slurm] partition or constraint (sinfo "
    "lists nodes)";

struct Remedy {
  std::string_view words;  ///< of the complaint, in small letters
  std::string_view hint;
};

/// In this order: the first whose words are in the complaint.  The words are those of
/// slurm_errno.c (SLURM 22.05) and of sbatch's option parser.
constexpr std::array<Remedy, 37> remedies{{
    {"cannot start ", absent},
    {"unable to contact", controller},
    {"connection refused", controller},
    {"timed out", controller},
    {"no answer", controller},
    {"zero bytes were transmitted", controller},
    {"not responding", controller},
    {"standby mode", controller},
    {"temporarily unable", controller},
    {"unable to resolve", controller},
    {"munge", authentication},
    {"authentication", authentication},
    {"unrecognized option", option},
    {"invalid option", option},
    {"unknown option", option},
    {"is ambiguous", option},
    {"requires an argument", option},
    {"doesn't allow an argument", option},
    {"time limit", limits},
    {"--time", "correct [slurm] time: minutes, HH:MM:SS or DAYS-HH:MM:SS"},
    {"account/partition combination", account},
    {"violates accounting", limits},
    {"limit", limits},
    {"account", account},
    {"qos", "correct [slurm] qos (sacctmgr show qos lists them)"},
    {"node count", nodes},
    {"node configuration", nodes},
    {"memory specification", nodes},
    {"processors requested", nodes},
    {"cpu count", nodes},
    {"partition", partition},
    {"feature", "correct [slurm] constraint (sinfo --format=%f lists features)"},
    {"constraint", "correct [slurm] constraint (sinfo --format=%f lists features)"},
    {"reservation", "correct the reservation in [slurm] directives (scontrol show reservation)"},
    {"generic resource", "correct --gres in [slurm] directives (sinfo --format=%G lists them)"},
    {"dependency", "correct the dependency in [slurm] directives"},
    {"specification", option},
}};

std::string in_small_letters(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::string plain_fault(const Printed& printed) {
  std::string out;
  for (std::string line : lines_of(printed.err)) {
    for (const std::string_view mark : {": error: ", ": fatal: "}) {
      const std::size_t at = line.find(mark);
      if (at != std::string::npos && line.find(' ') > at) line.erase(0, at + mark.size());
    }
    out += (out.empty() ? "" : "; ") + line;
  }
  return out.empty() ? "exit code " + std::to_string(printed.exit_code) : out;
}

std::string slurm_hint(const std::string& fault) {
  const std::string text = in_small_letters(fault);
  const auto* const found = std::find_if(
      remedies.begin(), remedies.end(),
      [&](const Remedy& remedy) { return text.find(remedy.words) != std::string::npos; });
  if (found != remedies.end()) return std::string(found->hint);
  return "SLURM's own message says why; does its controller answer (scontrol ping)?";
}

}  // namespace scalelaw::harness
