#include "harness/store/journal.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "common/error.hpp"
#include "harness/store/checked_line.hpp"
#include "support/message.hpp"
#include "support/synthetic_results.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

Results make_plan(int points) {
  Results plan;
  plan.name = "plan";
  plan.config_text = "name = \"plan\"\n";
  plan.seed = 3;
  plan.started = "2026-01-02T03:04:05Z";
  plan.environment = {{"build.revision", "abc"}};
  for (int i = 0; i < points; ++i) plan.points.emplace_back().id = "point " + std::to_string(i);
  return plan;
}

/// Launch number `i` of a campaign: told apart by its block, with one sample.
Launch make_launch(std::int64_t i) {
  Launch launch;
  launch.point = i % 3;
  launch.block = i;
  launch.log_tail = std::string(static_cast<std::size_t>(i % 7) * 100, 'l');
  return launch;
}

std::vector<Sample> make_samples(std::int64_t i) {
  Sample sample;
  sample.total_s = static_cast<double>(i) / 3;
  sample.facts = {{"sum", std::to_string(i)}};
  return {sample};
}

void append_launches(Journal& journal, std::int64_t from, std::int64_t to) {
  for (std::int64_t i = from; i < to; ++i) journal.append(make_launch(i), make_samples(i));
}

std::int64_t launches_in(const std::string& path) {
  Results plan = make_plan(3);
  Journal::resume(path, plan);
  for (std::size_t i = 0; i < plan.launches.size(); ++i) {
    EXPECT_EQ(plan.launches[i].block, static_cast<std::int64_t>(i));
    EXPECT_EQ(plan.samples.at(i).launch, static_cast<std::int64_t>(i));
    EXPECT_EQ(plan.samples.at(i).facts.at("sum"), std::to_string(i));
  }
  return static_cast<std::int64_t>(plan.launches.size());
}

TEST(Journal, GivesBackLaunchesAndSamples) {
  const TemporaryFolder folder;
  {
    Journal journal = Journal::begin(folder / "j", make_plan(3));
    append_launches(journal, 0, 5);
  }
  Results resumed = make_plan(3);
  resumed.started = "later";
  {
    Journal journal = Journal::resume(folder / "j", resumed);
    EXPECT_EQ(resumed.started, "2026-01-02T03:04:05Z");
    append_launches(journal, 5, 8);
  }
  EXPECT_EQ(launches_in(folder / "j"), 8);
}

TEST(Journal, NeverJoinsInventedTimesWithMeasuredOnes) {
  const TemporaryFolder folder;
  Results pretended = make_plan(3), measured = make_plan(3);
  for (Point& point : pretended.points) point.clock = TimeSource::pretended;
  (void)Journal::begin(folder / "fake", pretended);
  (void)Journal::begin(folder / "real", measured);
  EXPECT_NE(message_of([&] {
              Journal::resume(folder / "fake", measured);
            }).find("its times are pretended, but this launcher's are measured"),
            std::string::npos);
  EXPECT_NE(message_of([&] {
              Journal::resume(folder / "real", pretended);
            }).find("its times are measured, but this launcher's are pretended"),
            std::string::npos);
  EXPECT_EQ(message_of([&] { Journal::resume(folder / "fake", pretended); }), "no error");
}

std::string superseded_in(const Results& results) {
  std::string out;
  for (const Launch& launch : results.launches) out += launch.superseded ? 'x' : '.';
  return out;
}

TEST(Journal, RemembersWhichLaunchesAreSuperseded) {
  const TemporaryFolder folder;
  {
    Journal journal = Journal::begin(folder / "j", make_plan(3));
    append_launches(journal, 0, 4);
    journal.supersede({0, 3});
    append_launches(journal, 4, 5);
  }
  Results resumed = make_plan(3);
  Journal::resume(folder / "j", resumed);
  EXPECT_EQ(superseded_in(resumed), "x..x.");
  EXPECT_EQ(superseded_in(read_journal(folder / "j").value()), "x..x.");
  std::ofstream(folder / "j", std::ios::app)
      << checked_line({{"journal", "superseded"}, {"launches", {9}}});
  EXPECT_THROW(read_journal(folder / "j"), Error) << "there is no such launch";
}

TEST(Journal, GoesOnWithAllThatAResultsFileHolds) {
  const TemporaryFolder folder;
  Results written = make_plan(3);
  {
    Journal journal = Journal::begin(folder / "first", written);
    append_launches(journal, 0, 5);
  }
  Journal::resume(folder / "first", written);
  written.launches[1].superseded = true;
  written.points[2].state = State::crashed;  // as judged; the plan knows nothing of it
  Results plan = make_plan(3);
  plan.started = "later";
  {
    Journal journal = Journal::reopen(folder / "j", written, plan);
    EXPECT_EQ(journal.path(), folder / "j");
    EXPECT_EQ(plan.launches.size(), 5U);
    EXPECT_EQ(plan.started, "2026-01-02T03:04:05Z");
    append_launches(journal, 5, 7);
  }
  EXPECT_EQ(launches_in(folder / "j"), 7);
  const Results seen = read_journal(folder / "j").value();
  EXPECT_EQ(superseded_in(seen), ".x.....");
  EXPECT_EQ(seen.points[2].state, State::pending);
  Results other = make_plan(4);
  EXPECT_THROW(Journal::reopen(folder / "k", written, other), Error) << "another plan";
  EXPECT_FALSE(fs::exists(folder / "k"));
}

/// Everything in a folder, by name.
std::string names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& file : fs::directory_iterator(folder)) names.insert(file.path().filename());
  std::string out;
  for (const std::string& name : names) out += name + ' ';
  return out;
}

TEST(Journal, NeverReplacesThatOfAnotherWhoContinuesTheCampaign) {
  const TemporaryFolder folder;
  Results written = make_plan(3), plan = make_plan(3), rival = make_plan(3);
  {
    Journal journal = Journal::reopen(folder / "j", written, plan);
    EXPECT_NE(message_of([&] {
                Journal::reopen(folder / "j", written, rival);
              }).find("another scalelaw has just begun to continue this campaign"),
              std::string::npos);
    append_launches(journal, 0, 2);
  }
  EXPECT_EQ(launches_in(folder / "j"), 2);
  EXPECT_EQ(names_in(folder / "."), "j ") << "no temporary file is left";
}

TEST(Journal, KeepsAllThatSyntheticResultsHold) {
  const TemporaryFolder folder;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Results results = SyntheticResults(seed).make();
    results.fits.clear();
    results.predictions.clear();
    fs::remove(folder / "j");
    {
      Journal journal = Journal::begin(folder / "j", results);
      for (std::size_t i = 0; i < results.launches.size(); ++i) {
        std::vector<Sample> samples;
        for (const Sample& sample : results.samples) {
          if (sample.launch == static_cast<std::int64_t>(i)) samples.push_back(sample);
        }
        journal.append(results.launches[i], samples);
      }
    }
    Results back = results;
    back.launches.clear();
    back.samples.clear();
    Journal::resume(folder / "j", back);
    for (Sample& sample : results.samples) {
      for (std::size_t i = 0; i < sample.ranks.size(); ++i) {
        sample.ranks[i].rank = static_cast<std::int64_t>(i);
      }
    }
    ASSERT_EQ(everything(back), everything(results)) << "seed " << seed;
  }
}

TEST(Journal, LosesAtMostTheLaunchUnderWayWhereverItIsCut) {
  const TemporaryFolder folder;
  {
    Journal journal = Journal::begin(folder / "j", make_plan(3));
    append_launches(journal, 0, 4);
  }
  std::ostringstream text;
  text << std::ifstream(folder / "j").rdbuf();
  const std::string whole = text.str();
  for (std::size_t size = 0; size <= whole.size(); size += 1 + size % 13) {
    std::ofstream(folder / "cut", std::ios::trunc) << whole.substr(0, size);
    const std::int64_t lines =
        std::count(whole.begin(), whole.begin() + static_cast<long>(size), '\n');
    EXPECT_EQ(launches_in(folder / "cut"), std::max<std::int64_t>(0, lines - 1)) << size;
    // And it goes on after the cut.
    Results plan = make_plan(3);
    {
      Journal journal = Journal::resume(folder / "cut", plan);
      const auto next = static_cast<std::int64_t>(plan.launches.size());
      journal.append(make_launch(next), make_samples(next));
    }
    EXPECT_EQ(launches_in(folder / "cut"), static_cast<std::int64_t>(plan.launches.size()) + 1);
  }
}

/// Kills a writer at a random instant; every launch that it reported as appended is there.
TEST(Journal, SurvivesAKillAtAnyInstant) {
  std::mt19937 random(11);
  for (int trial = 0; trial < 12; ++trial) {
    const TemporaryFolder folder;
    int told[2];
    ASSERT_EQ(::pipe(told), 0);
    const pid_t writer = ::fork();
    if (writer == 0) {
      Journal journal = Journal::begin(folder / "j", make_plan(3));
      for (std::int64_t i = 0;; ++i) {
        journal.append(make_launch(i), make_samples(i));
        if (::write(told[1], "x", 1) != 1) ::_exit(1);
      }
    }
    ::close(told[1]);
    char byte = 0;
    ASSERT_EQ(::read(told[0], &byte, 1), 1);  // it is under way
    ::usleep(static_cast<useconds_t>(random() % 20'000));
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    std::int64_t reported = 1;
    while (::read(told[0], &byte, 1) == 1) ++reported;
    ::close(told[0]);
    const std::int64_t kept = launches_in(folder / "j");
    EXPECT_GE(kept, reported);
    EXPECT_LE(kept, reported + 1);
  }
}

TEST(Journal, RefusesToJoinWhatDoesNotBelongTogether) {
  const TemporaryFolder folder;
  { Journal journal = Journal::begin(folder / "j", make_plan(3)); }
  const auto resume = [&](const std::function<void(Results&)>& change) {
    Results plan = make_plan(3);
    change(plan);
    return message_of([&] { Journal::resume(folder / "j", plan); });
  };
  EXPECT_EQ(resume([](Results&) {}), "no error");
  EXPECT_NE(resume([](Results& plan) { plan.config_text += "# more"; }).find("config has changed"),
            std::string::npos);
  EXPECT_NE(resume([](Results& plan) { plan.points.pop_back(); }).find("plan is not the one"),
            std::string::npos);
  EXPECT_NE(resume([](Results& plan) { plan.points[1].id = "other"; }).find("plan is not the one"),
            std::string::npos);
  EXPECT_NE(resume([](Results& plan) { plan.seed = 4; }).find("plan is not the one"),
            std::string::npos);
  EXPECT_NE(resume([](Results& plan) {
              plan.environment["build.revision"] = "def";
            }).find("another build"),
            std::string::npos);
}

TEST(Journal, RefusesToOverwriteToResumeNothingAndToShare) {
  const TemporaryFolder folder;
  Results plan = make_plan(3);
  EXPECT_NE(message_of([&] { Journal::resume(folder / "j", plan); }), "no error");
  {
    Journal journal = Journal::begin(folder / "j", plan);
    EXPECT_NE(message_of([&] { Journal::resume(folder / "j", plan); }).find("another scalelaw"),
              std::string::npos);
  }
  EXPECT_NE(message_of([&] { Journal::begin(folder / "j", plan); }).find("an unfinished campaign"),
            std::string::npos);
  EXPECT_NE(message_of([&] { Journal::begin(folder / "none/j", plan); }), "no error");
}

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(Journal, NamesADamagedLineAndHowToGoOnWithoutIt) {
  const TemporaryFolder folder;
  {
    Journal journal = Journal::begin(folder / "j", make_plan(3));
    append_launches(journal, 0, 3);
  }
  std::string text = text_of(folder / "j");
  std::size_t third = text.find('\n', text.find('\n') + 1) + 1;
  ++text[text.find("log_tail", third)];
  std::ofstream(folder / "j") << text;
  Results plan = make_plan(3);
  const std::string message = message_of([&] { Journal::resume(folder / "j", plan); });
  EXPECT_NE(message.find("line 3 is damaged: its checksum does not match"), std::string::npos)
      << message;
  ASSERT_EQ(std::system(("sed -i 3d " + (folder / "j")).c_str()), 0);  // as the hint says
  Journal::resume(folder / "j", plan);
  EXPECT_EQ(plan.launches.size(), 2U);
  std::ofstream(folder / "j", std::ios::app) << "{damage\n";
  EXPECT_NE(message_of([&] { read_journal(folder / "j"); }).find("line 4 is damaged"),
            std::string::npos);
}

/// Whatever changes, launches are read as they were written, or the journal is refused.
TEST(Journal, NoticesEveryChangedByte) {
  const TemporaryFolder folder;
  {
    Journal journal = Journal::begin(folder / "j", make_plan(3));
    append_launches(journal, 0, 4);
  }
  const std::string whole = text_of(folder / "j");
  std::mt19937 random(4);
  int refused = 0;
  for (int i = 0; i < 400; ++i) {
    std::string text = whole;
    text[random() % text.size()] ^= static_cast<char>(1 << random() % 8);
    std::ofstream(folder / "changed") << text;
    std::optional<Results> read;
    const std::string message = message_of([&] { read = read_journal(folder / "changed"); });
    if (message != "no error") {
      ++refused;
      continue;
    }
    // The last newline is gone: the launch before it counts as under way.
    ASSERT_TRUE(read.has_value());
    ASSERT_EQ(read->launches.size(), 3U) << text;
  }
  EXPECT_GT(refused, 390);
}

TEST(Journal, IsARegularFile) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  Results plan = make_plan(3);
  EXPECT_NE(message_of([&] { Journal::begin(folder / "pipe", plan); }).find("not a regular file"),
            std::string::npos);
  EXPECT_NE(message_of([&] { Journal::resume(folder / "pipe", plan); }).find("not a regular file"),
            std::string::npos);
  EXPECT_NE(message_of([&] { read_journal(folder / "pipe"); }).find("not a regular file"),
            std::string::npos);
}

/// `scalelaw report` reads a journal whose plan it does not have.
TEST(Journal, IsReadWithoutItsPlan) {
  const TemporaryFolder folder;
  {
    Journal journal = Journal::begin(folder / "j", make_plan(3));
    append_launches(journal, 0, 5);
  }
  const std::optional<Results> read = read_journal(folder / "j");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->points.size(), 3U);
  EXPECT_EQ(read->launches.size(), 5U);
  EXPECT_EQ(read->config_text, make_plan(3).config_text);
  std::ofstream(folder / "torn") << "{\"journal\": \"pl";
  EXPECT_FALSE(read_journal(folder / "torn").has_value());
  EXPECT_NE(message_of([&] { read_journal(folder / "none"); }).find("No such file"),
            std::string::npos);
}

TEST(Journal, IsNotReadByAnotherSchemaOrFromAForeignFile) {
  const TemporaryFolder folder;
  std::ofstream(folder / "later") << checked_line({{"journal", "plan"}, {"schema", 9}});
  std::ofstream(folder / "earlier") << R"({"journal": "plan", "schema": 1, "points": []})"
                                    << "\n";
  std::ofstream(folder / "foreign") << "{\"schema\": 1, \"entries\": []}\n";
  std::ofstream(folder / "text") << "not JSON at all\n";
  std::ofstream(folder / "deep") << std::string(200'000, '[') << "\n";
  std::ofstream(folder / "damaged") << "{\"crc32\":\"00000000\",\"journ\n";
  const std::pair<std::string, std::string> refused[] = {{"later", "its schema is 9"},
                                                         {"earlier", "its schema is 1"},
                                                         {"foreign", "not a journal of scalelaw"},
                                                         {"text", "not a journal of scalelaw"},
                                                         {"deep", "not a journal of scalelaw"},
                                                         {"damaged", "line 1 is damaged"}};
  for (const auto& one : refused) {
    const std::string path = folder / one.first;
    Results plan = make_plan(3);
    EXPECT_NE(message_of([&] { read_journal(path); }).find(one.second), std::string::npos);
    EXPECT_NE(message_of([&] { Journal::resume(path, plan); }).find(one.second), std::string::npos);
  }
}

}  // namespace
}  // namespace scalelaw::harness
