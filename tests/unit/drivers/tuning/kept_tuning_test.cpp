#include "drivers/tuning/kept_tuning.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temporary_folder.hpp"

namespace scalelaw::driver {
namespace {

TEST(KeptTunings, AreFoundUntilTheMachineStartsAnew) {
  const TemporaryFolder folder;
  const auto file = folder / "deeper/tuning.json";
  const KeptTunings kept(KeptFacts(file, "a", "boot 1"));
  EXPECT_EQ(kept.find("dot_f32 avx2"), std::nullopt);
  kept.keep("dot_f32 avx2", {.ahead = 512});
  kept.keep("read avx2", {.ahead = 0, .places = 4});
  EXPECT_EQ(kept.find("dot_f32 avx2"), (Streaming{.ahead = 512}));
  EXPECT_EQ(kept.find("read avx2"), (Streaming{.ahead = 0, .places = 4}));
  EXPECT_EQ(kept.find("dot_f32 scalar"), std::nullopt);
  EXPECT_EQ(KeptTunings(KeptFacts(file, "a", "boot 2")).find("dot_f32 avx2"), std::nullopt);
}

TEST(KeptTunings, AreOfOneMachine) {
  const TemporaryFolder folder;
  const auto file = folder / "tuning.json";
  KeptTunings(KeptFacts(file, "a", "boot")).keep("read avx2", {.ahead = 512});
  KeptTunings(KeptFacts(file, "b", "other boot")).keep("read avx2", {.ahead = 1024});
  EXPECT_EQ(KeptTunings(KeptFacts(file, "a", "boot")).find("read avx2"), (Streaming{.ahead = 512}));
  EXPECT_EQ(KeptTunings(KeptFacts(file, "b", "other boot")).find("read avx2"),
            (Streaming{.ahead = 1024}));
}

TEST(KeptTunings, AreNoneInADamagedFile) {
  const TemporaryFolder folder;
  const auto file = folder / "tuning.json";
  const KeptTunings kept(KeptFacts(file, "a", "boot"));
  for (const char* text :
       {"{", "[]", R"({"a": 3})", R"({"a": {"boot": "boot", "loops": {"read": 5}}})",
        R"({"a": {"boot": "boot", "loops": {"read": {"prefetch_bytes": -1, "places": 1}}}})",
        R"({"a": {"boot": "boot", "loops": {"read": {"prefetch_bytes": 256, "places": 9}}}})"}) {
    std::ofstream(file) << text;
    EXPECT_EQ(kept.find("read"), std::nullopt) << text;
  }
  std::ofstream(file)
      << R"({"a": {"boot": "boot", "loops": {"read": {"prefetch_bytes": 256, "places": 2}}}})";
  EXPECT_EQ(kept.find("read"), (Streaming{.ahead = 256, .places = 2}));
}

TEST(KeptTunings, AreNotKeptWithoutAFile) {
  const KeptTunings kept(KeptFacts({}, "a", "boot"));
  kept.keep("read", {.ahead = 512});
  EXPECT_EQ(kept.find("read"), std::nullopt);
}

}  // namespace
}  // namespace scalelaw::driver
