// Which campaign is meant: by what the files say, whatever folders and files are called.
#include "harness/batch/find.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/error.hpp"
#include "harness/config/parse.hpp"
#include "harness/store/journal.hpp"
#include "support/message.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

std::string config_of(const std::string& name, const std::string& more = "") {
  return "[campaign]\nname = \"" + name + "\"\n" + more +
         "[[experiment]]\nkernel = \"dot_product\"\n";
}

class Find : public testing::Test {
 protected:
  void SetUp() override {
    before_ = fs::current_path();
    fs::create_directories(temporary_ / "results");
    fs::current_path(temporary_.path());
  }
  void TearDown() override { fs::current_path(before_); }

  static Results plan(const std::string& name, int minute, const std::string& more = "") {
    Results out;
    out.name = name;
    out.config_text = config_of(name, more);
    out.started = "2026-11-29T10:" + std::to_string(10 + minute) + ":00Z";
    return out;
  }

  /// A submitted campaign in results/FOLDER.
  static void submit(const std::string& folder, const Results& plan, const std::string& id = "1") {
    Batch batch;
    batch.folder = batch.written_for = fs::absolute("results/" + folder);
    batch.plan = plan;
    batch.jobs = {{.name = "all", .id = id}};
    fs::create_directories(batch.folder);
    std::ofstream(batch.folder / "config.toml") << plan.config_text;
    write_batch(batch);
  }
  static std::string write(const std::string& file, const std::string& text) {
    std::ofstream(file) << text;
    return file;
  }
  static std::string found(const std::string& text) {
    return fs::path(find_batch(text).what.folder).filename();
  }
  static std::string notes(const std::string& text) {
    std::string out;
    for (const std::string& note : find_batch(text).notes) out += note + "\n";
    return out;
  }

  TemporaryFolder temporary_;
  fs::path before_;
};

TEST_F(Find, TellsNamesApartThatBeginAlike) {
  const std::vector<std::string> names{"dot",       "dot-long", "dot-20261129T101000Z", "dot.v1",
                                       "dot-long-", "do",       "dot-long.2 b"};
  int minute = 0;
  for (const std::string& name : names) {
    submit(name + "-20261129T1000" + std::to_string(minute) + "Z", plan(name, minute));
    ++minute;
  }
  for (const std::string& name : names) {
    const auto batch = find_batch(write("c.toml", config_of(name))).what;
    EXPECT_EQ(batch.plan.name, name);
    EXPECT_EQ(notes("c.toml"), "");
  }
}

TEST_F(Find, IgnoresWhatFoldersAreCalled) {
  submit("zzz", plan("dot", 1));
  submit("other-20261129T100000Z", plan("dot", 2));
  submit("dot-20261129T100000Z", plan("other", 3));
  write("c.toml", config_of("dot"));
  EXPECT_EQ(found("c.toml"), "other-20261129T100000Z");
  EXPECT_NE(notes("c.toml").find("results/zzz"), std::string::npos) << notes("c.toml");
  EXPECT_EQ(found(""), "dot-20261129T100000Z") << "the newest of all";
  EXPECT_EQ(found("results/zzz/"), "zzz");
  EXPECT_EQ(found("results/zzz/config.toml"), "zzz") << "a file in its folder";
  EXPECT_EQ(found("results/zzz/campaign.json"), "zzz");
}

TEST_F(Find, PrefersTheVeryConfigAmongThoseOfOneName) {
  submit("a", plan("dot", 1, "seed = 1\n"));
  submit("b", plan("dot", 2, "seed = 2\n"));
  EXPECT_EQ(found(write("a.toml", config_of("dot", "seed = 1\n"))), "a");
  EXPECT_EQ(found(write("b.toml", config_of("dot", "seed = 2\n"))), "b");
  EXPECT_EQ(found(write("c.toml", config_of("dot", "seed = 3\n"))), "b");
  EXPECT_NE(notes("c.toml").find("'c.toml' has changed since"), std::string::npos);
}

TEST_F(Find, FollowsLinksAndCountsWhatTheyLeadToOnce) {
  submit("../elsewhere", plan("dot", 1));
  fs::create_directory_symlink("../elsewhere", "results/link");
  fs::create_directory_symlink("../elsewhere", "results/again");
  write("c.toml", config_of("dot"));
  EXPECT_EQ(found("c.toml"), "elsewhere") << "jobs know it by the name that it was submitted by";
  EXPECT_EQ(notes("c.toml"), "");
}

TEST_F(Find, KnowsAFolderThatWasMoved) {
  submit("old", plan("dot", 1));
  fs::rename("results/old", "results/new");
  const Batch batch = find_batch(write("c.toml", config_of("dot"))).what;
  EXPECT_EQ(batch.folder.filename(), "new");
  EXPECT_EQ(batch.written_for.filename(), "old");
}

TEST_F(Find, SkipsWhatIsDamagedAndSaysSo) {
  submit("good", plan("dot", 1));
  submit("torn", plan("dot", 2));
  write("results/torn/campaign.json", "{\"plan\": {");
  submit("empty", plan("dot", 3));
  write("results/empty/campaign.json", "");
  write("c.toml", config_of("dot"));
  EXPECT_EQ(found("c.toml"), "good");
  EXPECT_NE(notes("c.toml").find("skipped results/torn ("), std::string::npos) << notes("c.toml");
  EXPECT_NE(notes("c.toml").find("skipped results/empty ("), std::string::npos);
  EXPECT_NE(message_of([] { (void)find_batch("results/torn"); }).find("campaign.json"),
            std::string::npos)
      << "what is named must be whole";
}

TEST_F(Find, NeverTakesAFolderThatWasNotSubmittedForTheNewest) {
  submit("good", plan("dot", 1));
  submit("never", plan("dot", 2), "");
  write("c.toml", config_of("dot"));
  EXPECT_EQ(found("c.toml"), "good");
  EXPECT_EQ(found(""), "good");
  EXPECT_NE(notes("").find("skipped results/never (it was never submitted)"), std::string::npos)
      << notes("");
  EXPECT_EQ(find_batch("c.toml", true).what.folder.filename(), "never");
}

TEST_F(Find, SaysWhereItLookedInVain) {
  write("c.toml", config_of("dot"));
  submit("other", plan("other", 1));
  EXPECT_EQ(message_of([] { (void)find_batch("c.toml"); }),
            "no submitted campaign 'dot' in '" + fs::absolute("results").string() + "'");
  EXPECT_EQ(message_of([] { (void)find_batch("no.toml"); }),
            "there is no file or folder 'no.toml'");
  EXPECT_EQ(message_of([] { (void)find_batch("."); }), "'.' is not the folder of a campaign");
}

TEST_F(Find, ChoosesAJournalByWhatItSays) {
  const auto begin = [](const std::string& file, const Results& plan) {
    (void)Journal::begin("results/" + file + ".journal", plan);
  };
  begin("dot-20261129T100000Z.h5", plan("dot", 1));
  begin("dot-long-20261129T110000Z.h5", plan("dot-long", 2));
  begin("mine", plan("dot", 3));
  begin("zz-20261129T120000Z.h5", plan("dot", 4, "seed = 2\n"));
  write("results/dot-20261129T130000Z.h5.journal", "torn");
  write("results/dot-20261129T140000Z.h5.journal", "{\"journal\": 1}\n");
  const auto dot = find_unfinished(plan("dot", 0));
  EXPECT_EQ(dot.what, "results/mine");
  EXPECT_EQ(dot.notes.size(), 2U) << "one was skipped, others are there";
  EXPECT_EQ(find_unfinished(plan("dot-long", 0)).what, "results/dot-long-20261129T110000Z.h5");
  EXPECT_EQ(find_unfinished(plan("dot", 0, "seed = 2\n")).what, "results/zz-20261129T120000Z.h5");
  EXPECT_NE(message_of([] {
              (void)find_unfinished(plan("do", 0));
            }).find("no unfinished campaign 'do' in results/"),
            std::string::npos);
}

TEST_F(Find, ChoosesAmongJournalsOfOneConfigByTheirPoints) {
  Results all = plan("dot", 2), some = plan("dot", 1);
  Point point;
  point.id = "a";
  point.options = nlohmann::json::object();
  all.points = some.points = {point};
  point.id = "b";
  all.points.push_back(point);
  (void)Journal::begin("results/all.h5.journal", all);
  (void)Journal::begin("results/some.h5.journal", some);
  EXPECT_EQ(find_unfinished(some).what, "results/some.h5");
  EXPECT_EQ(find_unfinished(all).what, "results/all.h5");
}

}  // namespace
}  // namespace scalelaw::harness
