#include "cli/cli.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// What no person should have to read.
void expect_words_for_people(const Printed& printed) {
  for (const char* raw : {"[json.exception", "filesystem error", "bad_alloc", "terminate called",
                          "basic_string", "std::", "internal error"}) {
    EXPECT_EQ(printed.out.find(raw), std::string::npos) << printed.out;
    EXPECT_EQ(printed.err.find(raw), std::string::npos) << printed.err;
  }
  EXPECT_NE(printed.exit_code, 128 + SIGABRT) << printed.err;
  EXPECT_NE(printed.exit_code, 128 + SIGSEGV) << printed.err;
}

}  // namespace

void Cli::SetUp() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  // Of this process: another user's tests may run on this machine, or those of another build.
  folder_ = fs::temp_directory_path() / fmt::format("scalelaw_cli_{}_{}", ::getpid(), test->name());
  fs::create_directories(folder_);
}

void Cli::TearDown() {
  fs::remove_all(folder_);
}

Printed Cli::scalelaw(const std::vector<std::string>& words) const {
  Command command{{"env", "-C", folder_, SCALELAW_PROGRAM}, {}, {}};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  Printed printed = read_process(command, 120);
  expect_words_for_people(printed);
  return printed;
}

Printed Cli::shell(const std::string& line) const {
  const Command command{
      {"env", "-C", folder_, "sh", "-c", line}, {{"scalelaw", SCALELAW_PROGRAM}}, {}};
  Printed printed = read_process(command, 120);
  expect_words_for_people(printed);
  return printed;
}

std::string Cli::write(const std::string& name, const std::string& text) const {
  std::ofstream(folder_ / name) << text;
  return name;
}

std::string Cli::config(const std::string& experiment) const {
  return write("c.toml",
               "[campaign]\nname = \"c\"\n[measuring]\nsamples = 2\nlaunches_min = 2\n"
               "launches_max = 2\nceilings = false\n[measuring.gate]\nenabled = false\n"
               "[[experiment]]\nkernel = \"calibration\"\n" +
                   experiment + "\n");
}

std::string Cli::driver_that(const std::string& body, const std::string& model) const {
  const std::string name = "scalelaw-" + model;
  const fs::path real = fs::path(SCALELAW_PROGRAM).parent_path() / name;
  return put_driver(name, "#!/bin/sh\nreal='" + real.string() +
                              "'\ncase \"$*\" in *--describe*) exec \"$real\" \"$@\";; esac\n"
                              "for report; do :; done\n" +
                              body + "\n");
}

std::string Cli::put_driver(const std::string& name, const std::string& text) const {
  const fs::path drivers = folder_ / "drivers";
  fs::create_directories(drivers);
  std::ofstream(drivers / name) << text;
  fs::permissions(drivers / name, fs::perms::owner_all | fs::perms::group_exec |
                                      fs::perms::others_exec | fs::perms::others_read);
  return drivers;
}

}  // namespace scalelaw::harness
