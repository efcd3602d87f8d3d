#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "harness/process/process.hpp"

namespace scalelaw::harness {

/// A test that calls `scalelaw` in a folder of its own, as a person would in a shell.
class Cli : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// `scalelaw WORDS...` in the folder.  Whatever it prints must be words for people: a raw
  /// exception fails the test.
  [[nodiscard]] Printed scalelaw(const std::vector<std::string>& words) const;
  /// Likewise by a line of the shell, in which "$scalelaw" is the program.
  [[nodiscard]] Printed shell(const std::string& line) const;
  /// Writes a file in the folder; its path.
  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const;
  /// A config with one experiment, given by its lines.
  [[nodiscard]] std::string config(const std::string& experiment) const;
  /// A folder with a driver of `model` that describes itself truly, and otherwise runs the shell
  /// script `body`, in which $report is the record's path and $real the true driver.
  [[nodiscard]] std::string driver_that(const std::string& body,
                                        const std::string& model = "serial") const;
  /// Puts `text` into the drivers' folder as an executable of that name; the folder.
  [[nodiscard]] std::string put_driver(const std::string& name, const std::string& text) const;

  std::filesystem::path folder_;
};

}  // namespace scalelaw::harness
