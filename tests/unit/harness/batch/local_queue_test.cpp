// Jobs in the background: one after another, and nothing of them left, whoever is killed.
#include "harness/batch/local_queue.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <thread>

#include "harness/machine/batch_job.hpp"
#include "harness/process/process_table.hpp"
#include "support/message.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

class LocalQueue : public testing::Test {
 protected:
  void SetUp() override { setenv("XDG_STATE_HOME", (temporary_ / "state").c_str(), 1); }
  void TearDown() override {
    std::vector<std::string> ids;
    for (const auto& [id, job] : query_local()) ids.push_back(id);
    cancel_local(ids);
    unsetenv("XDG_STATE_HOME");
    while (waitpid(-1, nullptr, 0) > 0) {
    }
  }

  /// Submits a script of that text; its number.
  std::string submit(const std::string& name, const std::string& text) {
    const std::string script = path(name + ".sh");
    std::ofstream(script) << text << "\n";
    const Submission submission = submit_local(script);
    EXPECT_EQ(submission.fault, "");
    return submission.id;
  }
  std::string path(const std::string& name) const { return temporary_ / name; }
  std::string text(const std::string& name) const {
    std::ostringstream out;
    out << std::ifstream(path(name)).rdbuf();
    return out.str();
  }
  static std::string state(const std::string& id) { return query_local().at(id).state; }
  static void wait_until(const std::function<bool()>& condition) {
    for (int i = 0; i < 3000 && !condition(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ASSERT_TRUE(condition());
  }
  void wait_for_file(const std::string& name) const {
    wait_until([&] { return text(name).ends_with('\n'); });
  }
  /// The number of the process that wrote it to a file.
  pid_t pid_in(const std::string& name) const {
    wait_for_file(name);
    return std::stoi(text(name));
  }
  static bool lives(pid_t pid) {
    for (const ProcessEntry& one : all_processes()) {
      if (one.pid == pid) return one.state != 'Z';
    }
    return false;
  }
  /// A script that says its number and then waits, with a process beneath it.
  std::string waiting(const std::string& name) const {
    return "sleep 1000 &\necho $! >'" + path(name) + "'\nwait";
  }
  /// The process that waits for a job's turn and runs it, by its ticket.
  static pid_t process_of(const std::string& id) {
    std::ifstream ticket(local_queue_folder() / id.substr(0, id.find('@')));
    for (std::string word; ticket >> word;) {
      if (word != "process") continue;
      pid_t pid = 0;
      ticket >> pid;
      return pid;
    }
    return 0;
  }

  TemporaryFolder temporary_;
};

TEST_F(LocalQueue, RunsJobsOneAfterAnotherInTheirOrder) {
  const std::string all = path("all");
  for (const char* name : {"a", "b", "c"}) {
    submit(name, "echo begin $0 >>'" + all + "'; sleep 0.05; echo end $0 >>'" + all + "'");
  }
  wait_until([] {
    const auto jobs = query_local();
    return std::all_of(jobs.begin(), jobs.end(),
                       [](const auto& one) { return one.second.stage == JobStage::ended; });
  });
  std::string expected;
  for (const char* name : {"a.sh", "b.sh", "c.sh"}) {
    expected += "begin " + path(name) + "\nend " + path(name) + "\n";
  }
  EXPECT_EQ(text("all"), expected);
}

TEST_F(LocalQueue, SaysWhatItsJobsDo) {
  const std::string first = submit("a", "echo out; echo err >&2; exit 3");
  wait_until([&] { return state(first) == "ENDED 3"; });
  EXPECT_EQ(text("a.log"), "out\nerr\n");
  const std::string second = submit("b", waiting("b.pid"));
  const std::string third = submit("c", "true");
  wait_for_file("b.pid");
  EXPECT_EQ(state(second), "RUNNING");
  const auto jobs = query_local({third});
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs.at(third).state, "PENDING");
  EXPECT_EQ(jobs.at(third).reason, "after job " + second);
  EXPECT_EQ(jobs.at(third).script, path("c.sh"));
  EXPECT_TRUE(jobs.at(third).alive(false));
}

TEST_F(LocalQueue, UsesNoNumberTwice) {
  const std::string first = submit("a", "true");
  wait_until([&] { return state(first) == "ENDED 0"; });
  const std::string second = submit("a", "true");
  EXPECT_EQ(first, "1@" + this_host());
  EXPECT_EQ(second, "2@" + this_host());
  wait_until([&] { return state(second) == "ENDED 0"; });
  submit("a", "true");
  EXPECT_FALSE(query_local().contains(first)) << "old tickets are removed";
}

/// A ticket gets its number when it is locked: whoever asks for the state of jobs could otherwise
/// lock it before its job does.
TEST_F(LocalQueue, MakesNoTicketUnderItsNumber) {
  fs::create_directories(local_queue_folder());
  const int events = inotify_init1(IN_CLOEXEC);
  ASSERT_GE(inotify_add_watch(events, local_queue_folder().c_str(), IN_CREATE | IN_MOVED_TO), 0);
  submit("a", "true");
  alignas(inotify_event) std::array<char, 4096> bytes{};
  const auto count = static_cast<std::size_t>(::read(events, bytes.data(), bytes.size()));
  ::close(events);
  std::map<std::string, std::uint32_t> seen;
  for (std::size_t at = 0; at < count;) {
    const auto* event = reinterpret_cast<const inotify_event*>(&bytes.at(at));
    seen[event->name] |= event->mask;
    at += sizeof(inotify_event) + event->len;
  }
  EXPECT_EQ(seen["1"], std::uint32_t{IN_MOVED_TO});
}

TEST_F(LocalQueue, EndsAllOfACancelledJobAndNoOther) {
  const std::string first = submit("a", waiting("a.pid"));
  const std::string second = submit("b", "true");
  const std::string third = submit("c", waiting("c.pid"));
  const pid_t below = pid_in("a.pid");
  cancel_local({first, second});
  EXPECT_FALSE(lives(below));
  EXPECT_EQ(state(first), "CANCELLED");
  EXPECT_EQ(state(second), "CANCELLED");
  EXPECT_EQ(text("b.log"), "");
  wait_for_file("c.pid");
  EXPECT_EQ(state(third), "RUNNING");
}

TEST_F(LocalQueue, SaysThatAJobsLogCannotBeWritten) {
  fs::create_directory(path("a.log"));
  const std::string first = submit("a", "touch '" + path("began") + "'");
  wait_until([&] { return query_local().at(first).stage == JobStage::ended; });
  EXPECT_EQ(state(first), "ENDED cannot write '" + path("a.log") + "': Is a directory");
  EXPECT_FALSE(fs::exists(path("began")));
}

TEST_F(LocalQueue, KeepsTheStateOfACancelledJobThatHadEnded) {
  const std::string first = submit("a", "exit 3");
  wait_until([&] { return state(first) == "ENDED 3"; });
  cancel_local({first});
  EXPECT_EQ(state(first), "ENDED 3");
}

TEST_F(LocalQueue, StartsNoJobBeforeTheEndOfOneWhoseProcessWasKilled) {
  const std::string alive = path("alive");
  const std::string first = submit("a", "touch '" + alive + "'\ntrap 'sleep 0.5; rm \"" + alive +
                                            "\"; exit' TERM\n" + waiting("a.pid"));
  const std::string second = submit("b", "ls '" + alive + "' >'" + path("seen") + "' 2>&1");
  wait_for_file("a.pid");
  kill(process_of(first), SIGKILL);
  wait_until([&] { return state(second).starts_with("ENDED"); });
  EXPECT_EQ(state(second), "ENDED 2") << "the second saw the first: " << text("seen");
}

TEST_F(LocalQueue, LeavesNothingOfAJobWhoseProcessIsKilled) {
  const std::string first = submit("a", waiting("a.pid"));
  const std::string second = submit("b", waiting("b.pid"));
  const pid_t below = pid_in("a.pid");
  kill(process_of(first), SIGKILL);
  const pid_t next = pid_in("b.pid");
  EXPECT_FALSE(lives(below)) << "the second has begun";
  EXPECT_TRUE(lives(next));
  EXPECT_EQ(state(first), "KILLED");
  EXPECT_EQ(state(second), "RUNNING");
}

TEST_F(LocalQueue, LetsNoKilledJobHoldUpTheOthers) {
  submit("a", waiting("a.pid"));
  const std::string second = submit("b", "true");
  const std::string third = submit("c", waiting("c.pid"));
  wait_for_file("a.pid");
  wait_until([&] { return process_of(second) > 0; });
  kill(process_of(second), SIGKILL);
  wait_until([&] { return state(second) == "KILLED"; });
  EXPECT_EQ(state(third), "PENDING");
  cancel_local({query_local().begin()->first});
  wait_for_file("c.pid");
}

TEST_F(LocalQueue, RemovesTheQueuesOfItsHostsEarlierBootsAndNoOther) {
  const std::string boot = "01234567-89ab-cdef-0123-456789abcdef";
  const fs::path jobs = local_queue_folder().parent_path();
  const fs::path earlier = jobs / (this_host() + "-" + boot);
  const fs::path other = jobs / (this_host() + "-1-" + boot);
  const fs::path in_use = jobs / (this_host() + "-f" + boot.substr(1));
  for (const fs::path& folder : {earlier, other, in_use}) {
    fs::create_directories(folder);
    std::ofstream(folder / "lock") << "";
    std::ofstream(folder / "1") << "script a\n";
  }
  const int lock = ::open((in_use / "lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(lock, LOCK_EX), 0);
  submit("a", "true");
  ::close(lock);
  EXPECT_FALSE(fs::exists(earlier));
  EXPECT_TRUE(fs::exists(other)) << "a host whose name begins with this one's";
  EXPECT_TRUE(fs::exists(in_use));
}

TEST_F(LocalQueue, KnowsTheJobsOfOtherMachines) {
  EXPECT_NE(message_of([] { (void)query_local({"1@elsewhere"}); }).find("another machine"),
            std::string::npos);
  EXPECT_TRUE(query_local({}).empty());
}

TEST_F(LocalQueue, RefusesAPlaceThatItCannotUse) {
  std::ofstream(path("file")) << "";
  setenv("XDG_STATE_HOME", path("file").c_str(), 1);
  const Submission submission = submit_local(path("a.sh"));
  EXPECT_NE(submission.fault.find("cannot use the queue"), std::string::npos);
  EXPECT_NE(submission.hint.find("XDG_STATE_HOME"), std::string::npos);
  EXPECT_EQ(submission.id, "");
  EXPECT_FALSE(submission.unsure);
  setenv("XDG_STATE_HOME", (temporary_ / "state").c_str(), 1);
}

}  // namespace
}  // namespace scalelaw::harness
