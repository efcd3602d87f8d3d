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
        "PATH=$PWD/bin:$PATH bash -c 'source <($scalelaw completion bash); compopt() { :; }; "
        "COMP_WORDS=(" +
        words +
        "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _scalelaw; printf \"%s\\n\" "
        "\"${COMPREPLY[@]}\"'");
    EXPECT_EQ(printed.exit_code, 0) << printed.err;
    EXPECT_EQ(printed.err, "");
    std::vector<std::string> offered = lines(printed.out);
    std::erase(offered, "");  // of an array without words
    return offered;
  }

  [[nodiscard]] std::vector<std::string> in_fish(const std::string& line) const {
    const Printed printed = shell(
        "PATH=$PWD/bin:$PATH HOME=$PWD fish --no-config -c '$scalelaw completion fish | source; "
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

/// A line that is begun, and what a shell offers for its last word.
struct Offer {
  std::string line;
  Words words;
};

/// What every shell must offer: the words of closed sets, of lists of them, and files that fit.
const std::vector<Offer>& offers() {
  static const std::vector<Offer> all{
      {"scalelaw pre", {"predict"}},
      {"scalelaw run --over", {"--overwrite"}},
      {"scalelaw run --launcher fa", {"fake"}},
      {"scalelaw run --resume --retry not_", {"not_converged"}},
      {"scalelaw report --format mark", {"markdown"}},
      {"scalelaw predict --law amd", {"amdahl"}},
      {"scalelaw predict --law amdahl,us", {"amdahl,usl"}},
      {"scalelaw plot --format png,sv", {"png,svg"}},
      {"scalelaw init --kernel calib", {"calibration"}},
      {"scalelaw list calib", {"calibration"}},
      {"scalelaw man predi", {"predict"}},
      {"scalelaw completion z", {"zsh"}},
      {"scalelaw run f", {"f.toml"}},
      {"scalelaw check f", {"f.toml"}},
      {"scalelaw report f", {"f.csv", "f.h5"}},
      {"scalelaw history f", {"f.csv", "f.h5"}},
      {"scalelaw run -o f", {"f.h5"}},
      {"scalelaw init --from f", {"f.h5"}},
      {"scalelaw run --filter f", {}},
  };
  return all;
}

/// Files of which some fit, and `scalelaw` on the PATH.
class ShellOffers : public Shells {
 protected:
  void SetUp() override {
    Shells::SetUp();
    for (const char* name : {"f.toml", "f.h5", "f.csv", "f.md", "f.png"}) (void)write(name, "");
    ASSERT_EQ(shell("mkdir bin && ln -s \"$scalelaw\" bin/scalelaw").exit_code, 0);
  }
};

TEST_F(ShellOffers, OfBashAreTheWordsAndFilesThatFit) {
  for (const Offer& offer : offers()) {
    Words words = in_bash(offer.line);
    std::ranges::sort(words);
    EXPECT_EQ(words, offer.words) << offer.line;
  }
  EXPECT_EQ(in_bash("scalelaw comp"), (Words{"compare", "completion"}));
  (void)write("two words.h5", "");
  EXPECT_EQ(in_bash("scalelaw report two"), Words{"two words.h5"});
  ASSERT_EQ(shell("mkdir folder").exit_code, 0);
  EXPECT_EQ(in_bash("scalelaw run fol"), Words{"folder"}) << "a config may be in it";
  EXPECT_EQ(in_bash("scalelaw plot f.h5 -o f"), Words{"folder"});
}

TEST_F(ShellOffers, OfFishAreTheWordsAndFilesThatFit) {
  if (find_program("fish").empty()) GTEST_SKIP() << "there is no fish";
  for (const Offer& offer : offers()) {
    Words words = in_fish(offer.line);
    std::ranges::sort(words);
    EXPECT_EQ(words, offer.words) << offer.line;
  }
}

TEST_F(ShellOffers, OfZshAreTheWordsAndFilesThatFit) {
  if (find_program("zsh").empty()) GTEST_SKIP() << "there is no zsh";
  // A terminal of zsh's own, in which a person presses the tab key.  Each line has one completion,
  // and is then run: the function prints what it got.
  std::string lines, expected;
  for (const Offer& offer : offers()) {
    if (offer.words.size() != 1) continue;
    lines += "line $'" + offer.line + "\\t'\n";
    const std::string whole = offer.line.substr(0, offer.line.rfind(' ') + 1) + offer.words.front();
    expected += "GOT" + whole.substr(whole.find(' ')) + "\n";
  }
  const std::string session = write("session.zsh", R"(
zmodload zsh/zpty
zpty -b session zsh -f -i
line() {
  zpty -w session "$1"
  text=
  for ((i = 0; i < 400; ++i)); do
    zpty -r -t session chunk && text+=$chunk
    [[ $text == *$'\nGOT '*$'\n'* ]] && break
    sleep 0.05
  done
  print -r -- GOT "${${text##*$'\n'GOT }%%$'\r'*}"
}
line "PS1=; autoload -U compinit; compinit -u -d $PWD/dump; source $PWD/_scalelaw; scalelaw() { [[ \$2 == --names ]] && { command scalelaw \$*; return }; print -r -- GOT \$* }; scalelaw ready"
)" + lines);
  const Printed printed = shell(
      "PATH=$PWD/bin:$PATH; $scalelaw completion zsh > _scalelaw && zsh -n _scalelaw && zsh -f " +
      session);
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(printed.out, "GOT ready\n" + expected);
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
