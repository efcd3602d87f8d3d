#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "cli/cli.hpp"

namespace scalelaw::harness {

/// Tests beside stubs of a scheduler's commands, which come first in PATH.  $S is the test's folder.
class WithStubs : public Cli {
 protected:
  void SetUp() override {
    Cli::SetUp();
    path_ = std::getenv("PATH");
    std::filesystem::create_directories(folder_ / "bin");
    setenv("PATH", ((folder_ / "bin").string() + ":" + path_).c_str(), 1);
    setenv("S", folder_.c_str(), 1);
  }
  void TearDown() override {
    setenv("PATH", path_.c_str(), 1);
    Cli::TearDown();
  }
  void stub(const std::string& name, const std::string& body) const {
    const std::filesystem::path file = folder_ / "bin" / name;
    std::ofstream(file) << "#!/bin/sh\n" << body << "\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  [[nodiscard]] std::string text(const std::filesystem::path& file) const {
    std::ostringstream out;
    out << std::ifstream(folder_ / file).rdbuf();
    return out.str();
  }

 private:
  std::string path_;
};

}  // namespace scalelaw::harness
