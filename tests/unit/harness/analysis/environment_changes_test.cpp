#include "harness/analysis/environment_changes.hpp"

#include <gtest/gtest.h>

namespace scalelaw::harness {
namespace {

using Entries = std::map<std::string, std::string>;

TEST(ConfigEntries, NamesEachKeyByItsTable) {
  const Entries entries = config_entries(
      "# a comment\n[campaign]\nname = \"x = y\"\n\n[measuring.gate]\nenabled = false\r\n"
      "[[experiment]]\nkernel = \"a\"\nsize = [\n  1,\n  2,\n]\nthreads = 4\n"
      "[[experiment]]\nkernel = \"b\"\n[experiment.params]\ntype = \"f32\"\n");
  EXPECT_EQ(entries, (Entries{{"campaign.name", "\"x = y\""},
                              {"measuring.gate.enabled", "false"},
                              {"experiment.kernel", "\"a\""},
                              {"experiment.size", "[ 1, 2, ]"},
                              {"experiment.threads", "4"},
                              {"experiment 2.kernel", "\"b\""},
                              {"experiment.params.type", "\"f32\""}}));
  EXPECT_TRUE(config_entries("").empty());
  EXPECT_EQ(config_entries("a = [\n1").at("a"), "[ 1") << "an unfinished list";
}

TEST(ExplainingEntries, OmitsWhatDescribesAMoment) {
  Results results;
  results.environment = {{"cpu.model", "A"},
                         {"load.1_minute", "0.5"},
                         {"memory.available_bytes", "1"},
                         {"memory.total_bytes", "2"},
                         {"env.SLURM_JOB_ID", "7"}};
  results.config_text = "[measuring]\nsamples = 3\n";
  EXPECT_EQ(explaining_entries(results), (Entries{{"config.measuring.samples", "3"},
                                                  {"cpu.model", "A"},
                                                  {"memory.total_bytes", "2"}}));
}

TEST(ChangesBetween, NamesWhatDiffersAndWhatIsUnset) {
  const Entries before{{"cpu.model", "A"}, {"env.OMP_PLACES", "cores"}, {"os.old", "x"}};
  const Entries after{{"cpu.model", "B"}, {"config.measuring.samples", "3"}, {"os.new", "y"}};
  std::string text;
  for (const EnvironmentChange& change : changes_between(before, after)) {
    text += change.name + ": " + change.before + " -> " + change.after + "\n";
  }
  EXPECT_EQ(text,
            "config.measuring.samples: unset -> 3\n"
            "cpu.model: A -> B\n"
            "env.OMP_PLACES: cores -> unset\n")
      << "what only one program records is no change";
}

}  // namespace
}  // namespace scalelaw::harness
