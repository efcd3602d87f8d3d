#include "cli/cli.hpp"

#include <fstream>

namespace scalelaw {
namespace {

namespace fs = std::filesystem;

}  // namespace

void Cli::SetUp() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  folder_ = fs::temp_directory_path() /
            (std::string("scalelaw_cli_") + test->test_suite_name() + "_" + test->name());
  fs::remove_all(folder_);
  fs::create_directories(folder_);
}

void Cli::TearDown() {
  fs::remove_all(folder_);
}

Printed Cli::scalelaw(const std::vector<std::string>& words) const {
  Command command{{"env", "-C", folder_, SCALELAW_PROGRAM}, {}, {}};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  return read_process(command, 120);
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

std::string Cli::driver_that(const std::string& body) const {
  const fs::path drivers = folder_ / "drivers";
  const fs::path real = fs::path(SCALELAW_PROGRAM).parent_path() / "scalelaw-serial";
  fs::create_directories(drivers);
  const fs::path script = drivers / "scalelaw-serial";
  std::ofstream(script) << "#!/bin/sh\nreal='" << real.string()
                        << "'\ncase \"$*\" in *--describe*) exec \"$real\" \"$@\";; esac\n"
                        << "for report; do :; done\n"
                        << body << "\n";
  fs::permissions(script, fs::perms::owner_all);
  return drivers;
}

}  // namespace scalelaw
