#include "common/kept_facts.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "support/temporary_folder.hpp"

namespace scalelaw {
namespace {

using nlohmann::json;

TEST(KeptFacts, AreFoundUntilTheMachineStartsAnew) {
  const TemporaryFolder folder;
  const auto file = folder / "deeper/facts.json";
  const KeptFacts kept(file, "a", "boot 1");
  EXPECT_EQ(kept.find(), json::object());
  kept.keep({{"bytes", 1}, {"why", "measured"}});
  kept.keep({{"bytes", 2}});
  EXPECT_EQ(kept.find(), json({{"bytes", 2}})) << "in place of what was kept";
  EXPECT_EQ(KeptFacts(file, "a", "boot 2").find(), json::object());
}

TEST(KeptFacts, AreOfOneMachine) {
  const TemporaryFolder folder;
  const auto file = folder / "facts.json";
  KeptFacts(file, "a", "boot").keep({{"bytes", 1}});
  KeptFacts(file, "b", "other boot").keep({{"bytes", 2}});
  EXPECT_EQ(KeptFacts(file, "a", "boot").find(), json({{"bytes", 1}}));
  EXPECT_EQ(KeptFacts(file, "b", "other boot").find(), json({{"bytes", 2}}));
}

TEST(KeptFacts, AreNoneInADamagedFileAndReplaceIt) {
  const TemporaryFolder folder;
  const auto file = folder / "facts.json";
  const KeptFacts kept(file, "a", "boot");
  for (const char* text : {"", "{", "[]", R"({"a": 3})", R"({"a": {"boot": 7}})"}) {
    std::ofstream(file) << text;
    EXPECT_EQ(kept.find(), json::object()) << text;
  }
  kept.keep({{"bytes", 1}});
  EXPECT_EQ(kept.find(), json({{"bytes", 1}}));
}

TEST(KeptFacts, AreNotKeptWithoutAFile) {
  const KeptFacts nowhere({}, "a", "boot");
  nowhere.keep({{"bytes", 1}});
  EXPECT_EQ(nowhere.find(), json::object());
}

TEST(KeptFacts, LeaveNothingBesideAFileThatCannotBeReplaced) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "facts.json/in the way");
  const KeptFacts kept(folder / "facts.json", "a", "boot");
  kept.keep({{"bytes", 1}});
  EXPECT_EQ(kept.find(), json::object());
  const std::filesystem::directory_iterator entries(folder.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

}  // namespace
}  // namespace scalelaw
