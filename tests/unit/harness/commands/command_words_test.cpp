#include "harness/commands/command_words.hpp"

#include <gtest/gtest.h>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

using Words = std::vector<std::string>;

TEST(CommandWords, AreThoseOfAShell) {
  EXPECT_EQ(command_words("./app -n {size}").words, (Words{"./app", "-n", "{size}"}));
  EXPECT_EQ(command_words(R"(a "b c" 'd "e"' f\ g "" x"y"z)").words,
            (Words{"a", "b c", "d \"e\"", "f g", "", "xyz"}));
  EXPECT_EQ(command_words("sh -c './app | tail -1'").words, (Words{"sh", "-c", "./app | tail -1"}));
}

TEST(CommandWords, VariablesBeforeTheProgramAreItsEnvironment) {
  const CommandWords typed = command_words("OMP_NUM_THREADS=2 MODE='a b' ./heat --tol=1e-3");
  EXPECT_EQ(typed.env,
            (std::map<std::string, std::string>{{"OMP_NUM_THREADS", "2"}, {"MODE", "a b"}}));
  EXPECT_EQ(typed.words, (Words{"./heat", "--tol=1e-3"}));
}

void expect_refused(const std::string& text, const std::string& what, const std::string& hint) {
  try {
    (void)command_words(text);
    FAIL() << text;
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(what), std::string::npos) << error.what();
    EXPECT_NE(error.hint().find(hint), std::string::npos) << error.hint();
  }
}

TEST(CommandWords, RefuseWhatNeedsAShell) {
  expect_refused("./heat {size} | tail -1", "'|' would be an argument",
                 R"(--command 'sh -c '\''./heat {size} | tail -1'\''')");
  expect_refused("./heat > out.txt", "'>' would be an argument", "sh -c");
  expect_refused("cd x && ./heat", "'&&'", "sh -c");
  expect_refused("./heat \"{size}", "a \" that is not closed", "close it");
  expect_refused("A=1", "no program", "--command");
}

TEST(ProgramName, IsThatOfTheScriptWhereAnInterpreterRunsIt) {
  EXPECT_EQ(program_name_of({"./my-app.x", "conv.py"}), "my_app");
  EXPECT_EQ(program_name_of({"python3", "-u", "src/conv.py", "8"}), "conv");
  EXPECT_EQ(program_name_of({"/usr/bin/python3.11", "conv.py"}), "conv");
  EXPECT_EQ(program_name_of({"sh", "-c", "./heat | tail -1"}), "sh");
  EXPECT_EQ(program_name_of({"./7z"}), "program_7z");
}

}  // namespace
}  // namespace scalelaw::harness
