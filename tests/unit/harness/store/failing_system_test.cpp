// What the store does when the system refuses.  The functions of the system that it writes and
// locks with are defined here, in front of the C library's, and fail when they are told to.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>

#include "harness/store/journal.hpp"
#include "harness/store/results_file.hpp"
#include "support/message.hpp"
#include "support/synthetic_results.hpp"
#include "support/temporary_folder.hpp"

namespace {

/// What happens next to the calls of one function.
struct Trouble {
  int fault = 0;  ///< errno of the calls from number `after` on
  int after = 0;
  std::size_t most = 0;                  ///< bytes that one call writes; 0: all
  bool interrupted = false;              ///< every other call is, by a signal
  std::function<void()> meanwhile = {};  ///< what another process does before the first call
  int calls = 0;

  /// Whether this call fails; errno says why.
  bool strikes() {
    const int call = calls++;
    if (call == 0 && meanwhile) meanwhile();
    errno = interrupted && call % 2 == 0 ? EINTR : fault;
    return (interrupted && call % 2 == 0) || (fault != 0 && call >= after);
  }
};

Trouble writing, syncing, locking, linking;

}  // namespace

extern "C" ssize_t pwrite(int file, const void* from, std::size_t bytes, off_t at) {
  if (writing.strikes()) return -1;
  if (writing.most > 0) bytes = std::min(bytes, writing.most);
  return ::syscall(SYS_pwrite64, file, from, bytes, at);
}

extern "C" int fsync(int file) {
  return syncing.strikes() ? -1 : static_cast<int>(::syscall(SYS_fsync, file));
}

extern "C" int flock(int file, int operation) noexcept {
  return locking.strikes() ? -1 : static_cast<int>(::syscall(SYS_flock, file, operation));
}

extern "C" int link(const char* from, const char* to) noexcept {
  return linking.strikes() ? -1 : static_cast<int>(::syscall(SYS_link, from, to));
}

namespace scalelaw::harness {
namespace {

class FailingSystem : public testing::Test {
 protected:
  FailingSystem() {
    plan_.environment = {{"build.revision", "abc"}};
    plan_.points.emplace_back().id = "point";
  }
  ~FailingSystem() override { recover(); }

  static void recover() { writing = syncing = locking = linking = {}; }

  static void append(Journal& journal, std::int64_t block) {
    Launch launch;
    launch.block = block;
    journal.append(launch, std::vector<Sample>(20));
  }

  [[nodiscard]] std::size_t launches() const { return read_journal(path_)->launches.size(); }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "j";
  Results plan_;
};

TEST_F(FailingSystem, LeavesTheJournalAsItWasBeforeTheLaunch) {
  Journal journal = Journal::begin(path_, plan_);
  append(journal, 0);
  for (const int fault : {ENOSPC, EIO, EDQUOT}) {
    writing = {.fault = fault, .after = 1, .most = 100};  // after a part of the line
    EXPECT_NE(message_of([&] { append(journal, 1); }).find(std::strerror(fault)),
              std::string::npos);
    recover();
    EXPECT_EQ(launches(), 1U);
    syncing = {.fault = fault};
    EXPECT_NE(message_of([&] { append(journal, 1); }), "no error");
    recover();
    EXPECT_EQ(launches(), 1U);
  }
  append(journal, 1);
  EXPECT_EQ(launches(), 2U);
}

TEST_F(FailingSystem, WritesOnAfterSignalsAndShortWrites) {
  Journal journal = Journal::begin(path_, plan_);
  writing = {.most = 7, .interrupted = true};
  syncing = {.interrupted = true};
  append(journal, 0);
  recover();
  EXPECT_EQ(launches(), 1U);
}

TEST_F(FailingSystem, LeavesNoEmptyJournalBehind) {
  writing = {.fault = ENOSPC};
  EXPECT_NE(message_of([&] { Journal::begin(path_, plan_); }), "no error");
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(FailingSystem, UsesNoJournalThatItsOwnerHasRemoved) {
  { (void)Journal::begin(path_, plan_); }
  Results plan = plan_;
  locking = {.meanwhile = [&] { std::filesystem::remove(path_); }};
  EXPECT_NE(message_of([&] {
              Journal::resume(path_, plan);
            }).find("another scalelaw has just finished this campaign"),
            std::string::npos);
}

TEST_F(FailingSystem, ContinuesACampaignWhereFilesHaveOneName) {
  const Results written = plan_;
  for (const int fault : {EPERM, EOPNOTSUPP}) {
    linking = {.fault = fault};
    Results plan = plan_;
    {
      Journal journal = Journal::reopen(path_, written, plan);
      append(journal, 0);
    }
    EXPECT_NE(message_of([&] {
                Journal::reopen(path_, written, plan);
              }).find("another scalelaw has just begun"),
              std::string::npos);
    EXPECT_EQ(launches(), 1U);
    std::filesystem::remove(path_);
  }
  linking = {.fault = EIO};
  Results plan = plan_;
  EXPECT_NE(message_of([&] { Journal::reopen(path_, written, plan); }).find(std::strerror(EIO)),
            std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(FailingSystem, GoesOnWithoutLocksAndNamesTheReason) {
  for (const int fault : {ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL}) {
    locking = {.fault = fault};
    {
      Journal journal = Journal::begin(path_, plan_);
      EXPECT_EQ(journal.lock_fault(), std::strerror(fault));
      append(journal, 0);
    }
    Results resumed = plan_;
    EXPECT_EQ(Journal::resume(path_, resumed).lock_fault(), std::strerror(fault));
    EXPECT_EQ(resumed.launches.size(), 1U);
    std::filesystem::remove(path_);
  }
  locking = {.interrupted = true};
  EXPECT_EQ(Journal::begin(path_, plan_).lock_fault(), "");
  locking = {.fault = EWOULDBLOCK};
  EXPECT_NE(message_of([&] { Journal::resume(path_, plan_); }).find("another scalelaw"),
            std::string::npos);
}

TEST_F(FailingSystem, WritesAndReadsResultsWhereThereAreNoLocks) {
  const Results results = SyntheticResults(2).make();
  locking = {.fault = ENOLCK};
  write_results(folder_ / "r.h5", results);
  EXPECT_EQ(everything(read_results(folder_ / "r.h5")), everything(results));
  EXPECT_EQ(locking.calls, 0) << "HDF5 asks for locks";
}

TEST_F(FailingSystem, LeavesTheOldResultsWhenTheDiskIsFull) {
  Results results = SyntheticResults(2).make();
  write_results(folder_ / "r.h5", results);
  results.name = "new";
  for (Trouble* trouble : {&writing, &syncing}) {
    *trouble = {.fault = ENOSPC};
    EXPECT_NE(message_of([&] { write_results(folder_ / "r.h5", results); }), "no error");
    recover();
    EXPECT_NE(read_results(folder_ / "r.h5").name, "new");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()),
                            std::filesystem::directory_iterator()),
              1);
  }
}

}  // namespace
}  // namespace scalelaw::harness
