#include "harness/commands/find_python.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <optional>

#include "common/error.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// Pythons of this test, and nothing else that this machine has.
class FindPython : public testing::Test {
 protected:
  void SetUp() override {
    set("SCALELAW_PYTHON", "");
    set("XDG_DATA_HOME", "");
    set("HOME", folder_ / "home");
    set("PATH", folder_ / "path");
    own_.installed = true;
    own_.environment = folder_ / "prefix/venv";
    own_.requirements = folder_ / "list.txt";
  }
  void TearDown() override {
    for (const auto& [name, value] : before_) {
      value ? setenv(name.c_str(), value->c_str(), 1) : unsetenv(name.c_str());
    }
  }
  void set(const std::string& name, const std::string& value) {
    const char* old = std::getenv(name.c_str());
    before_.insert({name, old ? std::optional<std::string>(old) : std::nullopt});
    setenv(name.c_str(), value.c_str(), 1);
  }
  /// A Python that answers any question with `answer`; its path.
  std::string python(const std::string& path, const std::string& answer) {
    const fs::path file = folder_ / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << "#!/bin/sh\necho '" << answer << "'\n";
    fs::permissions(file, fs::perms::owner_all);
    return file;
  }
  std::string in_prefix(const std::string& answer) {
    return python("prefix/venv/bin/python", answer);
  }
  std::string of_user(const std::string& answer) {
    return python("home/.local/share/scalelaw/venv/bin/python", answer);
  }
  std::string in_path(const std::string& answer) { return python("path/python3", answer); }

  TemporaryFolder folder_;
  OwnFiles own_;
  std::map<std::string, std::optional<std::string>> before_;
};

TEST_F(FindPython, TriesThePrefixThenTheUserThenThePath) {
  const std::vector<std::string> expected{in_prefix(""), of_user(""), in_path("")};
  EXPECT_EQ(python_candidates(own_), expected);
  EXPECT_EQ(find_python(own_), expected.front());
}

TEST_F(FindPython, PassesOverThoseThatLackSomething) {
  in_prefix("lacks altair");
  const std::string user = of_user("");
  in_path("");
  EXPECT_EQ(find_python(own_), user);
}

TEST_F(FindPython, TakesNoOtherThanTheOneThatIsNamed) {
  in_prefix("");
  set("SCALELAW_PYTHON", python("named", "lacks altair, pandas"));
  EXPECT_EQ(python_candidates(own_), std::vector<std::string>{folder_ / "named"});
  try {
    (void)find_python(own_);
    FAIL() << "it lacks packages";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("named lacks altair, pandas"), std::string::npos);
    EXPECT_NE(
        error.hint().find((folder_ / "named") + " -m pip install -r " + (folder_ / "list.txt")),
        std::string::npos)
        << error.hint();
  }
}

TEST_F(FindPython, SaysTheCommandThatInstallsWhatIsMissing) {
  try {
    (void)find_python(own_);
    FAIL() << "there is none";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("no python3 in PATH"), std::string::npos);
    const std::string folder = folder_ / "home/.local/share/scalelaw/venv";
    EXPECT_NE(error.hint().find("python3 -m venv " + folder + " && " + folder +
                                "/bin/pip install -r " + (folder_ / "list.txt")),
              std::string::npos)
        << error.hint();
  }
}

TEST_F(FindPython, ThatCannotStartHasAFault) {
  EXPECT_NE(fault_of(folder_ / "nowhere").find("cannot be used: cannot start"), std::string::npos);
  EXPECT_EQ(fault_of(in_path("")), "");
}

}  // namespace
}  // namespace scalelaw::harness
