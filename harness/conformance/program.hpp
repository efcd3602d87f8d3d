#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/process/command.hpp"

namespace scalelaw::harness {

using Words = std::vector<std::string>;

/// One run of a driver that is being checked.
struct Ran {
  Command command;
  int exit_code = 0;  ///< 128 + n for signal n
  bool timed_out = false;
  double wall_s = 0;
  std::string out{}, err{};                ///< of measured runs both are in `err`
  std::vector<std::string> left_behind{};  ///< processes that were running after its end
};

/// A driver that is being checked, as a person would start it.
class Program {
 public:
  /// `limit_s`: how long a run may take.
  Program(std::filesystem::path path, double limit_s) : path_(std::move(path)), limit_s_(limit_s) {}

  [[nodiscard]] std::string path() const { return path_.string(); }
  /// The name at the start of its messages.
  [[nodiscard]] std::string name() const { return path_.filename().string(); }
  [[nodiscard]] double limit_s() const { return limit_s_; }

  /// `ranks`: how many mpirun starts; 0: the program itself is started.
  [[nodiscard]] Command command(const Words& words, int ranks = 0) const;

  /// Runs a short question, with the two streams kept separate.
  [[nodiscard]] Ran ask(const Words& words) const;
  /// Runs it to measure.
  [[nodiscard]] Ran measure(const Words& words, int ranks) const;

 private:
  std::filesystem::path path_;
  double limit_s_;
};

/// `words` and then `more`.
Words operator+(Words words, const Words& more);

/// How a run ended, for a message: "ended with exit status 3: cannot write ...".
std::string end_of(const Ran& ran, double limit_s);

/// What is wrong with the way in which a driver refused something; empty when nothing is.  It must
/// end with one of `statuses` and print "NAME: WHAT" and "  hint: REMEDY" on stderr.
std::string fault_of_refusal(const Ran& ran, const std::vector<int>& statuses,
                             const std::string& name, double limit_s);

}  // namespace scalelaw::harness
