#pragma once

#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/isa.hpp"
#include "common/phase.hpp"
#include "drivers/cli/options.hpp"
#include "drivers/comm/comm.hpp"
#include "drivers/pass/times.hpp"
#include "drivers/record/communication.hpp"
#include "drivers/record/identity.hpp"
#include "drivers/team/team.hpp"
#include "drivers/tuning/choice.hpp"
#include "kernels/kernel.hpp"

namespace scalelaw::driver {

/// The exit statuses of a driver.
enum Status : int { status_ok = 0, status_usage = 1, status_wrong_result = 2, status_failure = 3 };

/// One stage of a pipeline: the seconds that threads were busy in it, over all ranks.
struct Stage {
  std::string name;
  double busy_s = 0;
};

/// The messages of a pass, for the laws that predict their time.
enum class Exchange {
  reduce,   ///< results only
  scatter,  ///< the input is sent out first
  other     ///< in an unpredictable order
};
constexpr auto enum_names(Exchange) {
  return std::array<std::string_view, 3>{"reduce", "scatter", "other"};
}

/// Which other samples have the facts of a sample.
enum class Agreement {
  placements,  ///< all of the kernel with the same parameters
  sample       ///< none: the result is another one each time, as that of a race
};

/// How the options change a pass.
struct PassNature {
  std::string task{};       ///< what it does other than compute in memory: "pipeline"
  bool diagnostics = true;  ///< whether waiting and transfer can be distinguished
  Exchange exchange = Exchange::reduce;
  Holds holds{};
  /// What ranks send each other, in order; nothing: that is not known beforehand.
  std::optional<std::vector<Communication>> communication{};
};
PassNature nature_of(const Options& options);

/// What is measured, independent of the kernel's types.
struct Subject {
  std::string kernel;
  nlohmann::json params;
  nlohmann::json options = nlohmann::json::object();  ///< the driver's options, as used
  std::vector<Phase> phases;                          ///< of a pass, in order of time
  Work work;
  PassNature nature{};
  std::function<PassTimes(bool diagnostic)> pass;  ///< collective
  std::function<std::vector<Fact>()> facts;        ///< of the last pass; called at the root
  std::function<std::string()> verify;             ///< likewise; empty when the answer is not known
  Agreement agreement = Agreement::placements;
  std::function<std::vector<Stage>()> stages{};  ///< likewise; none unless --mode pipeline
  std::optional<TuningChoice> tuning{};          ///< of a kernel that streams from memory
  std::function<void()> write{};                 ///< likewise; writes the last pass's files, if any
};

/// The instruction set of the kernel's loops; it may be narrower for a memory-bound kernel.
inline Isa isa_of(const Subject& subject) {
  return subject.work.memory_bound ? streaming_isa() : active_isa();
}

/// Warms up, takes the samples, and writes the record (docs/record.md) and a summary on stdout.
/// Collective.  Returns the exit status, the same on every rank.
int measure(const Identity& identity, const Options& options, const Subject& subject, Team& team,
            Comm& comm);

/// As in docs/record.md; defaults are omitted.
nlohmann::json to_json(const Work& work, const PassNature& nature);

}  // namespace scalelaw::driver
