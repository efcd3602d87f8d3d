// Bad input of every kind, and exactly what is said of it: one test for each table in this folder.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "bad_input/make.hpp"
#include "bad_input/run.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::bad_input {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> tables() {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(SCALELAW_SOURCE_DIR "/tests/bad_input")) {
    if (entry.path().extension() == ".toml") out.push_back(entry.path().stem().string());
  }
  std::ranges::sort(out);
  return out;
}

std::string name_of(const testing::TestParamInfo<std::string>& table) {
  return table.param;
}

class BadInput : public testing::TestWithParam<std::string> {};

TEST_P(BadInput, IsRefusedInTheseWords) {
  const fs::path folder = SCALELAW_SOURCE_DIR "/tests/bad_input";
  for (const std::string& fault : faults_of(read_table(folder / (GetParam() + ".toml")))) {
    ADD_FAILURE() << fault;
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, BadInput, testing::ValuesIn(tables()), name_of);

/// The faults of a table with these lines after its head, which checks a config.
std::vector<std::string> faults_with(const std::string& lines) {
  const TemporaryFolder folder;
  std::ofstream(folder / "t.toml") << "program = 'scalelaw'\nwords = ['check', 'c.toml']\n"
                                      "file = 'c.toml'\n"
                                   << lines;
  return faults_of(read_table(folder / "t.toml"));
}

const std::string sound =
    "[[case]]\ntext = 'campaign = 3'\nsays = \"c.toml:1: 'campaign': 3 is not a table\"\n"
    "hint = 'write [campaign] on a line'\n";

TEST(BadInputTable, IsSilentWhenAllIsAsExpected) {
  EXPECT_EQ(faults_with(sound), std::vector<std::string>{});
}

TEST(BadInputTable, ReportsEachWrongExpectation) {
  for (const auto& [from, to] :
       {std::pair<std::string, std::string>{"3 is", "4 is"}, {"write", "read"}}) {
    std::string lines = sound;
    lines.replace(lines.find(from), from.size(), to);
    const auto faults = faults_with(lines);
    ASSERT_EQ(faults.size(), 1U) << from;
    EXPECT_NE(faults[0].find("t.toml:4: expected\n"), std::string::npos) << faults[0];
  }
  EXPECT_EQ(faults_with(sound + "exit = 3\n").size(), 1U);
  EXPECT_EQ(faults_with("[[case]]\nsays = 'x'\nhint = 'y'\nwords = ['check', '--help']\n").size(),
            1U)
      << "nothing is wrong with the input";
}

TEST(BadInputTable, IsItselfRefusedWhenItIsWrong) {
  for (const char* lines :
       {"[[case]]\ntext = 'x'\nsay = 'a'\n", "[[case]]\ntext = 'x'\nhint = 'a'\n",
        "[[case]]\ntext = 'x'\nsays = 'a'\n", "", "word = 'x'\n", "[[case]]\ntext = 1\n",
        "[[case]]\nmake = ['nothing']\nsays = 'a'\nhint = 'b'\n",
        "[[case]]\ntext = 'x'\nbytes = 'x'\nsays = 'a'\nhint = 'b'\n"}) {
    EXPECT_THROW(faults_with(lines), std::runtime_error) << lines;
  }
  EXPECT_THROW(faults_with(sound + sound), std::runtime_error) << "twice the same";
}

TEST(Agrees, LetsALibraryHaveItsOwnWords) {
  const Said expected{.says = "'r.h5': <...>; end", .hint = "for <...> alone", .exit = 1};
  EXPECT_TRUE(agrees({"'r.h5': no signature; end", "for 1.14 alone", 1}, expected));
  EXPECT_FALSE(agrees({"'r.h5': ; end", "for 1.14 alone", 1}, expected)) << "nothing is said";
  EXPECT_FALSE(agrees({"'r.h5': no signature", "for 1.14 alone", 1}, expected));
  EXPECT_FALSE(agrees({"'x.h5': no signature; end", "for 1.14 alone", 1}, expected));
  EXPECT_FALSE(agrees({"'r.h5': no\nsignature; end", "for 1.14 alone", 1}, expected));
  EXPECT_FALSE(agrees({"'r.h5': no signature; end", "alone", 1}, expected));
  EXPECT_FALSE(agrees({"'r.h5': no signature; end", "for 1.14 alone", 0}, expected));
}

int killed(int, char**) {
  std::abort();
}

TEST(BadInputRun, TakesACrashForAnAnswer) {
  EXPECT_EQ(run_case("x", killed, {}).exit, 128 + SIGABRT);
}

TEST(Made, ChangesWhatItHasMade) {
  EXPECT_EQ(made({"pnm P5 2 1 255"}).substr(0, 11), "P5\n2 1\n255\n");
  EXPECT_EQ(made({"pnm P5 2 1 255", "cut 2", R"(append \x41\n)", "put 1 6"}), "P6A\n");
  EXPECT_EQ(made({"pnm P5 2 1 255", "cut -12", "put -1 Q"}), "Q");
  EXPECT_EQ(unescaped(R"(a\x00\\\n)"), std::string("a\0\\\n", 4));
}

}  // namespace
}  // namespace scalelaw::bad_input
