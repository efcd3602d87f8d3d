#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/cli.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// A test of a command that reads results files: small ones are made here, with invented times.
class CliOfResults : public Cli {
 protected:
  /// Where a results file of the source tree is.
  [[nodiscard]] static std::string sample();

  /// Runs the experiment of these lines with eight launches a point, under the fake launcher.
  void pretend(const std::string& experiment, const std::string& output) const;

  /// Writes a copy of the results file `from` as `to`, after `change`.
  void edit(const std::string& from, const std::string& to,
            const std::function<void(Results&)>& change) const;

  /// What `scalelaw WORDS... --format json` prints.
  [[nodiscard]] nlohmann::json json_of(std::vector<std::string> words) const;

  /// `scalelaw WORDS...` is wrong usage: exit code 1, nothing on stdout, one message with `what`
  /// and a remedy.
  void expect_refused(const std::vector<std::string>& words, const std::string& what) const;

  /// Whatever reads one results file refuses what is none.  `words`: the command, without the file.
  void expect_files_refused(const std::vector<std::string>& words) const;
};

}  // namespace scalelaw::harness
