// A driver that cannot be used matters where a config names it, and nowhere else.
#include <unistd.h>

#include <fstream>

#include "cli/cli.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// A driver that cannot be used, and what is said of it.
struct Broken {
  std::string text;
  std::string why;
};

const std::string peer = "scalelaw-peer-old";

class Drivers : public Cli {
 protected:
  static std::string real(const std::string& name) {
    return fs::path(SCALELAW_PROGRAM).parent_path() / name;
  }

  /// A folder with the true serial driver, and `broken` under that name.
  [[nodiscard]] std::string folder_with(const std::string& name, const std::string& text) const {
    const std::string folder = put_driver(name, text);
    fs::remove(fs::path(folder) / "scalelaw-serial");
    fs::create_symlink(real("scalelaw-serial"), fs::path(folder) / "scalelaw-serial");
    return folder;
  }
};

std::vector<Broken> broken_drivers() {
  return {{"#!/no/such/python\n", "a script for /no/such/python: No such file or directory"},
          {"#!/usr/bin/env no-such-python\n", "no-such-python"},
          {"#!/bin/sh\necho 'scalelaw-mpi: error while loading shared libraries: libmpi.so.40: "
           "cannot open shared object file' >&2; exit 127\n",
           "error while loading shared libraries: libmpi.so.40"},
          {"#!/bin/sh\nprintf 'Traceback (most recent call last):\\n  File x\\n"
           "ModuleNotFoundError: No module named numpy\\n' >&2; exit 1\n",
           "ModuleNotFoundError: No module named numpy"},
          {"#!/bin/sh\necho hello\n", "printed no catalogue"},
          {"#!/bin/sh\necho '{\"model\": 3}'\n", "printed no catalogue"},
          {"#!/bin/sh\nexit 9\n", "ended with exit code 9"},
          {"#!/bin/sh\nkill -SEGV $$\n", "was killed by signal 11 (Segmentation fault)"},
          {"\x7f"
           "ELF is not what this is",
           "cannot start"}};
}

TEST_F(Drivers, ThatCannotBeUsedAreLeftOutOfWhatDoesNotNameThem) {
  const std::string serial = config("models = \"serial\"\nsize = 1e5");
  for (const std::string& name : {peer, std::string("scalelaw-mpi")}) {
    const std::string folder = folder_with(name, "#!/bin/sh\ntouch started\nexit 9\n");
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"check", serial}, {"run", serial, "-q", "-o", name + ".h5"}}) {
      std::vector<std::string> all = words;
      all.insert(all.end(), {"--drivers", folder});
      const Printed printed = scalelaw(all);
      EXPECT_EQ(printed.exit_code, 0) << words[0] << ": " << printed.err;
      EXPECT_EQ(printed.err, "");
    }
    EXPECT_FALSE(fs::exists(folder_ / "started")) << name << " was started";
    fs::remove(fs::path(folder) / name);
  }
}

TEST_F(Drivers, ThatCannotBeUsedSkipThePointsThatNameThem) {
  const std::string named = config("models = \"serial\"\npeers = \"old\"\nsize = 1e5");
  int number = 0;
  for (const auto& [text, why] : broken_drivers()) {
    const std::string folder = folder_with(peer, text);
    const Printed checked = scalelaw({"check", named, "--drivers", folder});
    EXPECT_EQ(checked.exit_code, 0) << why << ": " << checked.err;
    EXPECT_NE(checked.out.find("skipped: "), std::string::npos) << checked.out;
    EXPECT_NE(checked.out.find(why), std::string::npos) << why << "\n" << checked.out;
    const std::string output = std::to_string(number++) + ".h5";
    const Printed ran = scalelaw({"run", named, "-o", output, "--drivers", folder});
    EXPECT_EQ(ran.exit_code, 0) << why << ": " << ran.err;
    EXPECT_NE(ran.err.find(why), std::string::npos) << why << "\n" << ran.err;
    const Printed listed = scalelaw({"list", "--drivers", folder});
    EXPECT_EQ(listed.exit_code, 0) << why << ": " << listed.err;
    EXPECT_NE(listed.out.find("  old cannot be used: "), std::string::npos) << listed.out;
    EXPECT_NE(listed.out.find(why), std::string::npos) << why << "\n" << listed.out;
    EXPECT_NE(listed.out.find("    hint: "), std::string::npos) << why << "\n" << listed.out;
  }
}

TEST_F(Drivers, OfAModelThatCannotBeUsedAreSkippedLikewise) {
  const std::string folder = folder_with("scalelaw-openmp", broken_drivers()[2].text);
  const Printed printed = scalelaw(
      {"check", config("models = [\"serial\", \"openmp\"]\nsize = 1e5"), "--drivers", folder});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("1 point to measure (1 skipped): "), std::string::npos) << printed.out;
  EXPECT_NE(printed.out.find("the MPI module"), std::string::npos) << printed.out;
}

TEST_F(Drivers, ThatAreAllTheConfigNamesAreAnError) {
  const std::string folder = folder_with("scalelaw-openmp", broken_drivers()[0].text);
  const Printed printed = scalelaw(
      {"run", config("models = \"openmp\"\nsize = 1e5"), "-o", "out.h5", "--drivers", folder});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_NE(printed.err.find("can be measured"), std::string::npos) << printed.err;
  EXPECT_NE(printed.err.find("/no/such/python"), std::string::npos) << printed.err;
  EXPECT_FALSE(fs::exists(folder_ / "out.h5"));
  // Nor is there anything to plan with when no driver at all answers.
  fs::remove(fs::path(folder) / "scalelaw-serial");
  const Printed none = scalelaw({"check", "c.toml", "--drivers", folder});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(none.err.find("scalelaw-openmp: cannot start"), std::string::npos) << none.err;
  EXPECT_NE(none.err.find("\n  hint: "), std::string::npos) << none.err;
  const Printed listed = scalelaw({"list", "--drivers", folder});
  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_NE(listed.out.find("openmp   cannot be used: "), std::string::npos) << listed.out;
}

TEST_F(Drivers, ThatMayNotBeExecutedAreLeftOut) {
  if (geteuid() == 0) GTEST_SKIP() << "root may execute what anybody may";
  const std::string folder = folder_with(peer, "#!/bin/sh\n");
  fs::permissions(fs::path(folder) / peer, fs::perms::owner_read);
  const Printed printed = scalelaw({"list", "--drivers", folder});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("Permission denied"), std::string::npos) << printed.out;
}

TEST_F(Drivers, OfASharedInstallationServeEveryUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  // As in root's home: nobody else can reach the peer's Python.
  const fs::path closed = folder_ / "closed";
  fs::create_directories(closed);
  fs::copy_file("/bin/sh", closed / "python");
  fs::permissions(closed, fs::perms::owner_all);
  const std::string folder = folder_with(peer, "#!" + (closed / "python").string() + "\nexit 9\n");
  for (const char* name : {"scalelaw-openmp", "scalelaw-mpi", "scalelaw-hybrid"}) {
    if (fs::exists(real(name))) fs::create_symlink(real(name), fs::path(folder) / name);
  }
  const fs::path home = folder_ / "home";
  fs::create_directories(home);
  fs::permissions(home, fs::perms::all);
  fs::copy_file(fs::path(SCALELAW_SOURCE_DIR) / "configs/smoke.toml", home / "smoke.toml");
  const std::string as_nobody =
      "cd home && HOME=$PWD TMPDIR=$PWD setpriv --reuid=65534 "
      "--regid=65534 --clear-groups \"$scalelaw\" ";
  if (shell(as_nobody + "--version").exit_code != 0) {
    GTEST_SKIP() << "no other user can reach the programs of this build";
  }
  const std::string drivers = " --drivers " + folder;
  const Printed checked = shell(as_nobody + "check smoke.toml" + drivers);
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  const Printed ran = shell(as_nobody +
                            "run smoke.toml --filter kernel=dot_product --filter "
                            "scaling=strong -o out.h5" +
                            drivers);
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  const Printed listed = shell(as_nobody + "list" + drivers);
  EXPECT_NE(listed.out.find("Permission denied"), std::string::npos) << listed.out;
}

}  // namespace
}  // namespace scalelaw::harness
