// What a shell and man(1) get from the program: completions that work in real shells, and manual
// pages that groff reads.
#include <algorithm>
#include <sstream>

#include "cli.hpp"
#include "harness/process/find_program.hpp"

namespace scalelaw::harness {
namespace {

class Shells : public Cli {
 protected:
  /// What bash offers for the words of a command line, the last of which is begun.
  [[nodiscard]] std::vector<std::string> in_bash(const std::string& words) const {
    const Printed printed = shell(
        "bash -c 'source <($scalelaw completion bash); compopt() { :; }; COMP_WORDS=(" + words +
        "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _scalelaw; printf \"%s\\n\" "
        "\"${COMPREPLY[@]}\"'");
    EXPECT_EQ(printed.exit_code, 0) << printed.err;
    EXPECT_EQ(printed.err, "");
    return lines(printed.out);
  }

  [[nodiscard]] std::vector<std::string> in_fish(const std::string& line) const {
    const Printed printed = shell(
        "HOME=$PWD fish --no-config -c '$scalelaw completion fish | source; "
        "complete -C \"" +
        line + "\"'");
    EXPECT_EQ(printed.exit_code, 0) << printed.err;
    std::vector<std::string> words = lines(printed.out);
    for (std::string& word : words) word = word.substr(0, word.find('\t'));
    return words;
  }

  static std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }
};

using Words = std::vector<std::string>;

TEST_F(Shells, BashCompletesCommandsOptionsValuesAndFiles) {
  EXPECT_EQ(in_bash("scalelaw comp"), (Words{"compare", "completion"}));
  EXPECT_EQ(in_bash("scalelaw run --over"), Words{"--overwrite"});
  EXPECT_EQ(in_bash("scalelaw run --launcher f"), Words{"fake"});
  EXPECT_EQ(in_bash("scalelaw completion z"), Words{"zsh"});
  EXPECT_EQ(in_bash("scalelaw man pred"), Words{"predict"});
  const std::string file = write("two words.h5", "");
  EXPECT_EQ(in_bash("scalelaw report two"), Words{"two words.h5"});
}

TEST_F(Shells, FishCompletesCommandsOptionsAndValues) {
  if (find_program("fish").empty()) GTEST_SKIP() << "there is no fish";
  EXPECT_EQ(in_fish("scalelaw pre"), Words{"predict"});
  EXPECT_EQ(in_fish("scalelaw run --over"), Words{"--overwrite"});
  EXPECT_EQ(in_fish("scalelaw run --launcher f"), Words{"fake"});
  EXPECT_EQ(in_fish("scalelaw completion z"), Words{"zsh"});
}

TEST_F(Shells, ZshTakesTheScriptAndCompletesCommands) {
  if (find_program("zsh").empty()) GTEST_SKIP() << "there is no zsh";
  // A terminal of zsh's own, in which a person presses the tab key.
  const std::string session = write("session.zsh", R"(
zmodload zsh/zpty
zpty -b session zsh -f -i
zpty -w session "PS1=; autoload -U compinit; compinit -u -d $PWD/dump; source $PWD/_scalelaw; scalelaw() { print -r -- GOT \$* }"
zpty -w session $'scalelaw predi\t--far\t'
for ((i = 0; i < 100; ++i)); do
  zpty -r -t session chunk && text+=$chunk
  [[ $text == *$'\nGOT '* ]] && break
  sleep 0.05
done
print -r -- $text
)");
  const Printed printed =
      shell("$scalelaw completion zsh > _scalelaw && zsh -n _scalelaw && zsh -f " + session);
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("\nGOT predict --far"), std::string::npos) << printed.out;
}

TEST_F(Shells, ManualPagesAreReadWithoutAWarning) {
  if (find_program("groff").empty()) GTEST_SKIP() << "there is no groff";
  for (const std::string page : {"", "run", "report", "check-driver", "man"}) {
    const Printed printed =
        shell("$scalelaw man " + page + " > page.1 && groff -man -ww -Tascii -P-cbou page.1");
    EXPECT_EQ(printed.exit_code, 0) << page;
    EXPECT_EQ(printed.err, "") << page;
    EXPECT_NE(printed.out.find("NAME"), std::string::npos) << page;
  }
  const Printed run = shell("$scalelaw man run | groff -man -Tascii -P-cbou");
  EXPECT_NE(run.out.find("-o, --output FILE"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("scalelaw run [OPTIONS] config"), std::string::npos) << run.out;
}

TEST_F(Shells, EveryCommandOfTheHelpHasItsPageAndItsCompletion) {
  const std::string script = shell("$scalelaw completion bash").out;
  const Words all = in_bash("scalelaw \"\"");
  EXPECT_GT(all.size(), 14U);
  for (const std::string& command : all) {
    if (command.starts_with("-")) continue;
    EXPECT_EQ(scalelaw({"man", command}).exit_code, 0) << command;
    EXPECT_NE(script.find("    " + command + ")\n"), std::string::npos) << command;
  }
}

TEST_F(Shells, ColoursAreForTerminalsThatWantThem) {
  const std::string report = "$scalelaw report " SCALELAW_SOURCE_DIR "/tests/data/schema_1.h5";
  const auto in_a_terminal = [&](const std::string& environment) {
    return shell("env -u NO_COLOR TERM=xterm " + environment + " script -qec '" + report +
                 "' /dev/null < /dev/null")
        .out;
  };
  const std::string escape = "\033[";
  EXPECT_NE(in_a_terminal("").find(escape), std::string::npos);
  EXPECT_EQ(in_a_terminal("NO_COLOR=1").find(escape), std::string::npos);
  EXPECT_EQ(in_a_terminal("TERM=dumb").find(escape), std::string::npos);
  EXPECT_EQ(shell(report).out.find(escape), std::string::npos) << "a pipe gets plain text";
}

TEST_F(Shells, AnUnknownPageNamesTheCommandsThatExist) {
  const Printed printed = scalelaw({"man", "nothing"});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_NE(printed.err.find("there is no command 'nothing'"), std::string::npos);
  EXPECT_NE(printed.err.find("predict"), std::string::npos);
}

}  // namespace
}  // namespace scalelaw::harness
