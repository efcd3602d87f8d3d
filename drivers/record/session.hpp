#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/isa.hpp"
#include "drivers/cli/options.hpp"
#include "drivers/comm/comm.hpp"
#include "drivers/pass/times.hpp"
#include "drivers/team/team.hpp"
#include "kernels/kernel.hpp"

namespace scalelaw::driver {

/// The exit statuses of a driver.
enum Status : int { status_ok = 0, status_usage = 1, status_wrong_result = 2, status_failure = 3 };

/// Who runs: what the header of the record says of the program.
struct Identity {
  std::string driver;          ///< scalelaw-mpi
  std::string implementation;  ///< scalelaw, or a peer's name
  std::string model;           ///< serial, openmp, mpi, hybrid
};

/// One stage of a pipeline: the seconds that threads were busy in it, over all ranks.
struct Stage {
  std::string name;
  double busy_s = 0;
};

/// What is measured, with the kernel's types left behind.
struct Subject {
  std::string kernel;
  nlohmann::json params;
  Work work;
  std::function<PassTimes(bool diagnostic)> pass;  ///< collective
  std::function<std::vector<Fact>()> facts;        ///< of the last pass; called at the root
  std::function<std::string()> verify;             ///< likewise; empty when the answer is not known
  std::function<std::vector<Stage>()> stages{};    ///< likewise; none unless --mode pipeline
  std::function<void()> write{};  ///< likewise; writes the last pass's files, where there are any
};

/// The instruction set of the kernel's loops: a memory-bound kernel's may be narrower.
inline Isa isa_of(const Subject& subject) {
  return subject.work.memory_bound ? streaming_isa() : active_isa();
}

/// Warms up, takes the samples, writes the record (docs/record.md) and a summary on stdout.
/// Collective.  Returns the exit status, the same on every rank.
int measure(const Identity& identity, const Options& options, const Subject& subject, Team& team,
            Comm& comm);

/// As docs/record.md writes it.
nlohmann::json to_json(const Work& work);

}  // namespace scalelaw::driver
