#include "common/observation/proc_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <vector>

#include "common/error.hpp"
#include "support/message.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw {
namespace {

constexpr std::string_view stat =
    "cpu  10 0 20 1000 3 0 1 7 0 0\n"
    "cpu0 5 0 10 500 1 0 1 250 0 0\n"
    "cpu1 5 0 10 500 2 0 0 50 0 0\n"
    "cpu11 5 0 10 500 2 0 0 4 0 0\n"
    "intr 12345 0 9\nctxt 77\n";

TEST(StealSeconds, AreThoseOfTheProcessorsAskedFor) {
  EXPECT_EQ(steal_seconds(stat, std::vector{0}), 2.5);
  EXPECT_EQ(steal_seconds(stat, std::vector{0, 1}), 3.0);
  EXPECT_EQ(steal_seconds(stat, std::vector{1, 11}), 0.54) << "cpu1 is not cpu11";
}

TEST(StealSeconds, AreUnknownWhereTheTextDoesNotTell) {
  EXPECT_EQ(steal_seconds(stat, std::vector{0, 2}), std::nullopt) << "there is no cpu2";
  EXPECT_EQ(steal_seconds(stat, std::vector<int>{}), std::nullopt);
  EXPECT_EQ(steal_seconds("", std::vector{0}), std::nullopt);
  EXPECT_EQ(steal_seconds("cpu0 5 0 10 500\n", std::vector{0}), std::nullopt) << "Linux before 2.6";
  EXPECT_EQ(steal_seconds("cpu0 5 0 10 500 1 0 1 x 0 0\n", std::vector{0}), std::nullopt);
  EXPECT_EQ(steal_seconds(stat.substr(0, 40), std::vector{0}), std::nullopt) << "it breaks off";
}

TEST(QueuedSeconds, AreTheSecondNumber) {
  EXPECT_EQ(queued_seconds("5000000000 1500000000 42\n"), 1.5);
  EXPECT_EQ(queued_seconds("5000000000 0 42\n"), 0.0);
  EXPECT_EQ(queued_seconds(""), std::nullopt);
  EXPECT_EQ(queued_seconds("17"), std::nullopt);
}

TEST(ProcFile, SaysWhatTheFileSaysNow) {
  const TemporaryFolder folder;
  std::ofstream(folder / "f") << "one";
  ProcFile file(folder / "f", 5);
  EXPECT_EQ(file.read(), "one");
  std::ofstream(folder / "f") << "another";
  EXPECT_EQ(file.read(), "anoth") << "no more than asked for";
}

TEST(ProcFile, NamesAFileThatIsMissing) {
  EXPECT_EQ(message_of([] { ProcFile("/nowhere/stat", 10); }),
            "cannot read /nowhere/stat: No such file or directory");
}

}  // namespace
}  // namespace scalelaw
