// The course: its lessons, their pages, and what each claims on the pretended machine.
#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "cli/cli.hpp"
#include "harness/analysis/findings.hpp"
#include "harness/commands/lessons.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

const fs::path pages = fs::path(SCALELAW_SOURCE_DIR) / "docs" / "teaching";

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  std::ostringstream out;
  out << stream.rdbuf();
  return out.str();
}

/// On one line, with single blanks.
std::string flat(const std::string& text) {
  std::istringstream words(text);
  std::string out;
  for (std::string word; words >> word;) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// A part of a page: what is below its heading.
std::string part_of(const std::string& page, const std::string& heading) {
  const std::size_t at = page.find("\n## " + heading + "\n");
  if (at == std::string::npos) return "";
  const std::size_t begin = page.find('\n', at + 1) + 1;
  return page.substr(begin, page.find("\n## ", begin) - begin);
}

/// The commands of a page that call scalelaw.
std::vector<std::string> commands_of(const std::string& page) {
  std::vector<std::string> out;
  std::istringstream lines(part_of(page, "The command"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("    scalelaw ")) out.push_back(line.substr(13));
  }
  return out;
}

class Teach : public Cli {};

TEST_F(Teach, ListsTheLessonsInTheOrderOfTheCourse) {
  const Printed printed = scalelaw({"teach"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  const std::string course = text_of(pages / "README.md");
  std::size_t in_list = 0, in_course = 0;
  for (const LessonConfig& one : find_lessons()) {
    const std::size_t listed = printed.out.find("  " + one.name + " ", in_list);
    ASSERT_NE(listed, std::string::npos) << one.name << "\n" << printed.out;
    in_list = listed;
    EXPECT_NE(printed.out.find(one.lesson().title, in_list), std::string::npos);
    const std::string link = "[" + one.lesson().title + "](" + one.name + ".md)";
    const std::size_t linked = course.find(link, in_course);
    ASSERT_NE(linked, std::string::npos) << link << " is not in docs/teaching/README.md, in order";
    in_course = linked;
  }
}

TEST_F(Teach, HasAPageForEachLessonWithTheSameParts) {
  const std::vector<std::string> parts{"The question", "The command", "The figure to expect",
                                       "What to change", "What then happens"};
  for (const LessonConfig& one : find_lessons()) {
    const std::string page = text_of(pages / (one.name + ".md"));
    ASSERT_EQ(page.find("# " + one.lesson().title + "\n"), 0U) << one.name;
    std::vector<std::string> found;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("## ")) found.push_back(line.substr(3));
    }
    EXPECT_EQ(found, parts) << one.name;
    EXPECT_EQ(flat(part_of(page, "The question")), flat(one.lesson().question)) << one.name;
    const std::vector<std::string> commands = commands_of(page);
    const auto calls = [&](const std::string& words) {
      return std::any_of(commands.begin(), commands.end(), [&](const std::string& command) {
        return command == words || command.starts_with(words + " --machine ");
      });
    };
    EXPECT_TRUE(calls("teach " + one.name)) << one.name;
    EXPECT_LE(one.campaign.measuring.campaign_budget_s, 60) << one.name;
  }
}

TEST_F(Teach, HasNoPageWithoutALesson) {
  std::vector<std::string> names{"README.md", "glossary.md"};
  for (const LessonConfig& one : find_lessons()) names.push_back(one.name + ".md");
  for (const fs::directory_entry& entry : fs::directory_iterator(pages)) {
    EXPECT_EQ(std::count(names.begin(), names.end(), entry.path().filename()), 1) << entry.path();
  }
}

TEST_F(Teach, RefusesWhatIsNoLesson) {
  const Printed unknown = scalelaw({"teach", "amdal"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_NE(unknown.err.find("did you mean 'amdahl'?"), std::string::npos) << unknown.err;
  const Printed plain = scalelaw({"teach", config("models = \"serial\"")});
  EXPECT_EQ(plain.exit_code, 1);
  EXPECT_NE(plain.err.find("has no [lesson] table"), std::string::npos) << plain.err;
  for (const char* machine : {"0", "x", "4x", "many", "-1", "1.5", "4x8x2"}) {
    const Printed refused = scalelaw({"teach", "amdahl", "--machine", machine});
    EXPECT_EQ(refused.exit_code, 1) << machine;
    EXPECT_NE(refused.err.find("is not a machine"), std::string::npos) << refused.err;
  }
}

/// What a lesson showed.
struct Shown {
  const Report& report;
  std::string printed;

  /// The first finding of a kind that says `part`.
  [[nodiscard]] const Finding& of(FindingKind kind, const std::string& part = "") const {
    for (const Finding& one : report.findings) {
      if (one.kind == to_string(kind) && one.text.find(part) != std::string::npos) return one;
    }
    ADD_FAILURE() << "no finding of the kind " << to_string(kind) << " says '" << part << "'\n"
                  << printed;
    static const Finding none;
    return none;
  }
  /// The speedup over one worker of the point that `is_it`, with the most workers.
  [[nodiscard]] double speedup(const std::function<bool(const Point&)>& is_it) const {
    double out = 0;
    std::int64_t workers = 0;
    for (const ScalingRow& row : report.scaling) {
      if (!is_it(report.point(row.point)) || row.workers < workers) continue;
      workers = row.workers;
      out = row.serial_speedup.value;
    }
    return out;
  }
};

void expect_text(const Finding& finding, const std::string& part) {
  EXPECT_NE(finding.text.find(part), std::string::npos) << part << "\n" << finding.text;
}

/// The claim of each lesson, as an assertion on what `teach LESSON --machine MACHINE` showed.
struct Claim {
  std::string machine;
  std::function<void(const Shown&)> holds;
};

void ranks_go_beyond_a_host(const Shown& shown) {
  expect_text(shown.of(FindingKind::winner), "mpi is the fastest model");
  EXPECT_GT(shown.of(FindingKind::winner).low, 3) << "four hosts";
  const auto on_one_host = [](const char* model) {
    return
        [=](const Point& point) { return point.model.name == model && point.placement.nodes == 1; };
  };
  const double threads = shown.speedup(on_one_host("openmp"));
  const double ranks = shown.speedup(on_one_host("mpi"));
  EXPECT_NEAR(threads, 16, 0.5);
  EXPECT_NEAR(ranks / threads, 1, 0.05);
}

void amdahl_finds_the_share(const Shown& shown) {
  expect_text(shown.of(FindingKind::stated), "states in all 3 series");
  for (const double share : {0.02, 0.05, 0.2}) {
    const double speedup =
        shown.speedup([&](const Point& point) { return point.params["serial_fraction"] == share; });
    EXPECT_NEAR(speedup, 1 / (share + (1 - share) / 64), 0.02 * speedup) << share;
    EXPECT_LT(speedup, 1 / share);
  }
}

void larger_problems_scale_further(const Shown& shown) {
  const auto of = [&](Scaling kind) {
    return shown.speedup([=](const Point& point) { return point.scaling == kind; });
  };
  EXPECT_NEAR(of(Scaling::strong), 1 / (0.2 + 0.8 / 64), 0.1);
  EXPECT_NEAR(of(Scaling::weak), 64 - 0.2 * 63, 1);
  expect_text(shown.of(FindingKind::efficiency), "(strong)");
}

void little_work_loses(const Shown& shown) {
  const Finding& turn = shown.of(FindingKind::crossover);
  expect_text(turn, "serial 1x1x1 is best, from ");
  expect_text(turn, " on openmp 1x1x8");
  EXPECT_LT(turn.low, turn.high);
  EXPECT_LE(turn.low, 2000) << "threads cost 2 us, and two of them save half of 2 ns a step";
  EXPECT_GE(turn.high, 2000);
  EXPECT_LT(shown.of(FindingKind::oversubscribed).high, 1);
}

void other_work_shows(const Shown& shown) {
  expect_text(shown.of(FindingKind::busy), "ran beside other work");
  expect_text(shown.of(FindingKind::efficiency), "at 8 workers");
  EXPECT_NEAR(shown.speedup([](const Point&) { return true; }), 4, 0.1);
}

void memory_limits_one_of_two(const Shown& shown) {
  expect_text(shown.of(FindingKind::limit), "Memory limits dot_product");
  expect_text(shown.of(FindingKind::limit), "more cores of the same node cannot help");
  const auto of = [&](const char* kernel) {
    return shown.speedup([=](const Point& point) { return point.kernel == kernel; });
  };
  EXPECT_GT(of("prime_sieve"), 50);
  EXPECT_NEAR(of("dot_product"), 6, 0.2);
}

void dealing_balances_images(const Shown& shown) {
  expect_text(shown.of(FindingKind::setting), "schedule = dynamic is the best of 2 values");
  EXPECT_GT(shown.of(FindingKind::setting).low, 1.5);
}

void waiting_needs_no_core(const Shown& shown) {
  std::string kinds;
  for (const Finding& one : shown.report.findings) {
    if (one.kind == to_string(FindingKind::oversubscribed)) kinds += one.text + "\n";
  }
  EXPECT_NE(kinds.find("cores gain nothing in task_batch kind=cpu"), std::string::npos) << kinds;
  EXPECT_NE(kinds.find("cores help task_batch kind=wait"), std::string::npos) << kinds;
}

void heavy_tasks_leave_the_host(const Shown& shown) {
  const Finding& turn = shown.of(FindingKind::crossover);
  expect_text(turn, "as steps grows, serial 1x1x1 is best, from ");
  expect_text(turn, " on openmp 1x1x16, from ");
  expect_text(turn, " on mpi 4x16x1");
  EXPECT_LT(turn.low, turn.high);
  EXPECT_GT(turn.low, 10);
  EXPECT_LT(turn.high, 100);
}

void a_handshake_must_be_earned(const Shown& shown) {
  const Finding& turn = shown.of(FindingKind::crossover);
  expect_text(turn, "mpi 1x1x1 is best, from ");
  expect_text(turn, " on mpi 1x2x1");
  EXPECT_LE(turn.low, 150) << "1 ms a task against 100 ms and a third of a millisecond a task";
  EXPECT_GE(turn.high, 150);
  EXPECT_LT(turn.high / turn.low, 1.2);
}

void a_middle_chunk_is_best(const Shown& shown) {
  const Finding& best = shown.of(FindingKind::setting);
  expect_text(best, " is the best of 5 values");
  expect_text(best, "times as fast as with 1");
  expect_text(best, "times as fast as with 10000");
  EXPECT_GT(best.low, 1.2);
}

void races_lose_and_reductions_win(const Shown& shown) {
  for (const auto& [model, lost] : {std::pair("openmp", 400'000), {"mpi", 4000}}) {
    const Finding& finding = shown.of(FindingKind::lost, std::string("(") + model);
    expect_text(finding, "update=race (");
    EXPECT_EQ(finding.value, lost);
    const auto of = [&, is = model](const char* update) {
      return shown.speedup([=](const Point& point) {
        return point.params["update"] == update && point.model.name == is;
      });
    };
    EXPECT_LT(of("lock"), 0.1) << model;
    EXPECT_LT(of("atomic"), 1) << model;
    EXPECT_NEAR(of("reduction"), 8, 0.2) << model;
  }
  expect_text(shown.of(FindingKind::setting),
              "update = reduction is the best of 3 values");  // a race is no choice
}

void a_disk_answers_many_but_reads_no_faster(const Shown& shown) {
  expect_text(shown.of(FindingKind::oversubscribed, "cores help"), "small reads");
  EXPECT_LT(shown.of(FindingKind::oversubscribed, "large reads").high, 1.1);
  for (const char* model : {"openmp", "mpi"}) {
    const auto of = [=, &shown](const char* experiment) {
      return shown.speedup([=](const Point& point) {
        return point.experiment == experiment && point.model.name == model;
      });
    };
    EXPECT_GT(of("small reads"), 7) << model << " of 4 cores";
    EXPECT_LT(of("large reads"), 1.1) << model;
  }
}

void the_critical_path_limits(const Shown& shown) {
  const auto of = [&](int tile) {
    return shown.speedup([=](const Point& point) {
      return point.params["tile"] == tile && point.model.name == "openmp";
    });
  };
  EXPECT_NEAR(of(4096), 4.0 / 3, 0.05);
  EXPECT_NEAR(of(512), 256.0 / 31, 0.3);
  EXPECT_LT(of(64), of(512));
  expect_text(shown.of(FindingKind::setting), "tile = 512 is the best of 3 values");
}

void the_last_merge_limits(const Shown& shown) {
  const auto of = [&](int cutoff) {
    return shown.speedup([=](const Point& point) { return point.params["cutoff"] == cutoff; });
  };
  EXPECT_NEAR(of(4000), 10, 0.3);
  EXPECT_LT(of(16), of(4000));
  EXPECT_LT(of(500'000), 2);
  expect_text(shown.of(FindingKind::setting), "cutoff = 4000 is the best of 3 values");
}

void a_pipeline_has_a_busiest_stage(const Shown& shown) {
  expect_text(shown.of(FindingKind::stages), "is compress, with 50 % of the work");
  expect_text(shown.of(FindingKind::stages), "at most 2.0 times as fast");
  for (const char* task : {"", "pipeline"}) {
    EXPECT_GT(shown.speedup([=](const Point& point) {
      return point.task() == task && point.model.name == "openmp";
    }),
              7)
        << task;
  }
}

void heavy_tasks_pay_for_a_library(const Shown& shown) {
  const Finding& turns = shown.of(FindingKind::crossover);
  expect_text(turns, "faster than futures-threads: ");
  expect_text(turns, "futures-processes from ");  // other libraries need not be installed
  EXPECT_LT(turns.low, turns.high);
}

const std::map<std::string, Claim>& claims() {
  static const std::map<std::string, Claim> all{
      {"side-by-side", {"4x16", ranks_go_beyond_a_host}},
      {"amdahl", {"64", amdahl_finds_the_share}},
      {"gustafson", {"64", larger_problems_scale_further}},
      {"gone-wrong", {"8", little_work_loses}},
      {"busy", {"8", other_work_shows}},
      {"limits", {"64", memory_limits_one_of_two}},
      {"eight-images", {"64", dealing_balances_images}},
      {"waiting", {"16", waiting_needs_no_core}},
      {"disk", {"4", a_disk_answers_many_but_reads_no_faster}},
      {"crossover", {"16", heavy_tasks_leave_the_host}},
      {"handshake", {"2", a_handshake_must_be_earned}},
      {"chunks", {"64", a_middle_chunk_is_best}},
      {"task-graph", {"16", the_critical_path_limits}},
      {"recursion", {"16", the_last_merge_limits}},
      {"pipeline", {"8", a_pipeline_has_a_busiest_stage}},
      {"races", {"8", races_lose_and_reductions_win}},
      {"libraries", {"2", heavy_tasks_pay_for_a_library}},
  };
  return all;
}

TEST_F(Teach, ShowsTheClaimOfEachLessonOnThePretendedMachine) {
  for (const LessonConfig& one : find_lessons()) {
    SCOPED_TRACE(one.name);
    const auto claim = claims().find(one.name);
    ASSERT_NE(claim, claims().end()) << "a lesson needs its claim asserted here";
    const std::string page = text_of(pages / (one.name + ".md"));
    const std::string words = "teach " + one.name + " --machine " + claim->second.machine;
    const std::vector<std::string> commands = commands_of(page);
    EXPECT_EQ(std::count(commands.begin(), commands.end(), words), 1) << words;
    const Printed printed = shell("\"$scalelaw\" " + words + " -q -o " + one.name + ".h5");
    EXPECT_EQ(printed.exit_code, 0) << printed.out << printed.err;
    EXPECT_NE(printed.out.find("PRETENDED TIMES"), std::string::npos);
    EXPECT_NE(printed.out.find("Question: " + one.lesson().question), std::string::npos);
    EXPECT_NE(printed.out.find("page: "), std::string::npos);
    const Results results = read_results(folder_ / (one.name + ".h5"));
    for (const Point& point : results.points) EXPECT_EQ(point.clock, TimeSource::pretended);
    const Report report = make_report(results, {.most = all_findings});
    const Shown shown{report, printed.out};
    for (const std::string& kind : one.lesson().findings) {
      EXPECT_NE(printed.out.find("- " + shown.of(enum_from<FindingKind>(kind, "kind")).text),
                std::string::npos)
          << kind << "\n"
          << printed.out;
    }
    claim->second.holds(shown);
  }
}

TEST_F(Teach, MakesWhatALessonReadsWhereItIsMissing) {
  const std::filesystem::path photos = folder_ / "photos";
  const std::vector<std::string> words{"teach", "pipeline", "--machine", "2", "-q", "-o", "a.h5"};
  ASSERT_TRUE(fs::create_directory(folder_ / "photos.unfinished"))
      << "as an interrupted one leaves";
  (void)write("photos.unfinished/half.ppm", "P6");
  const Printed first = scalelaw(words);
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_NE(first.out.find("made the folder 'photos'"), std::string::npos) << first.out;
  const auto count = [&] {
    return std::distance(fs::directory_iterator(photos), fs::directory_iterator());
  };
  ASSERT_EQ(count(), 8);
  EXPECT_FALSE(fs::exists(folder_ / "photos.unfinished"));
  fs::remove(fs::directory_iterator(photos)->path());
  std::vector<std::string> again = words;
  again.emplace_back("--overwrite");
  const Printed second = scalelaw(again);
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(second.out.find("made the folder"), std::string::npos) << second.out;
  EXPECT_EQ(count(), 7) << "what is there is a user's own";
}

/// Each command of each page that needs no pretended machine, with tiny sizes.
TEST_F(Teach, RunsTheCommandsOfThePages) {
  for (const LessonConfig& one : find_lessons()) {
    SCOPED_TRACE(one.name);
    const std::string page = text_of(pages / (one.name + ".md"));
    for (const std::string& command : commands_of(page)) {
      if (command.find("--machine") != std::string::npos) continue;  // run by the test above
      const Printed printed =
          shell("\"$scalelaw\" " + command + " --trial -q -o " + one.name + ".h5");
      EXPECT_EQ(printed.exit_code, 0) << command << "\n" << printed.out << printed.err;
      EXPECT_NE(printed.out.find("not a measurement"), std::string::npos) << printed.out;
      EXPECT_EQ(printed.out.find("PRETENDED"), std::string::npos) << printed.out;
    }
  }
}

}  // namespace
}  // namespace scalelaw::harness
