#include "harness/store/output_path.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "harness/store/results_file.hpp"
#include "support/message.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

std::ptrdiff_t entries(const TemporaryFolder& folder) {
  return std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator());
}

TEST(RequireWritable, AsksBeforeAnythingIsMeasured) {
  const TemporaryFolder folder;
  EXPECT_NO_THROW(require_writable(folder / "r.h5"));
  EXPECT_NE(message_of([&] { require_writable(folder / "none/r.h5"); }).find("no folder"),
            std::string::npos);
  EXPECT_NE(message_of([&] { require_writable(folder.path().string()); }).find("is a folder"),
            std::string::npos);
  EXPECT_NE(message_of([&] { require_writable(folder / ""); }).find("names no file"),
            std::string::npos);
  EXPECT_EQ(entries(folder), 0);
}

/// Every name that passes can be written in the end, and no shorter one is refused.
TEST(RequireWritable, CountsTheNamesThatAreMadeFromTheOutput) {
  const TemporaryFolder folder;
  std::size_t longest = 0;
  for (std::size_t length = 220; length <= 260; ++length) {
    const std::string output = folder / std::string(length, 'o');
    const std::string message = message_of([&] { require_writable(output); });
    if (message != "no error") {
      EXPECT_NE(message.find(std::to_string(longest) + " that fit"), std::string::npos) << message;
      continue;
    }
    EXPECT_EQ(longest, length == 220 ? 0 : length - 1) << "a shorter name was refused";
    longest = length;
    for (const std::string& made : {output, journal_path(output), records_path(output),
                                    part_path(output), part_path(journal_path(output))}) {
      EXPECT_TRUE(std::ofstream(made).is_open()) << made;
      fs::remove(made);
    }
  }
  EXPECT_GE(longest, 225U);
  EXPECT_LT(longest, 250U);
  EXPECT_NE(message_of([&] { require_writable(folder / std::string(300, 'o')); }).find("300 bytes"),
            std::string::npos);
}

TEST(RequireWritable, RefusesAPathThatIsTooLong) {
  const TemporaryFolder folder;
  std::string path = folder.path().string();
  while (path.size() < PATH_MAX) path += "/" + std::string(200, 'd');
  EXPECT_NE(message_of([&] { require_writable(path + "/r.h5"); }).find("the path of"),
            std::string::npos);
}

TEST(RequireWritable, RefusesWhatIsNotARegularFile) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (folder / "socket").c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(listener);
  fs::create_symlink("pipe", folder / "to-pipe");
  fs::create_symlink("/dev/null", folder / "to-device");
  fs::create_symlink("round", folder / "round");
  const std::pair<std::string, std::string> refused[] = {
      {folder / "pipe", "is a named pipe"},
      {folder / "socket", "is a socket"},
      {"/dev/null", "is a device"},
      {folder / "to-pipe", "is a named pipe"},
      {folder / "to-device", "is a device"},
      {folder / "round", "link in a loop"},
      {folder / "pipe/r.h5", "there is no folder"}};
  for (const auto& [path, says] : refused) {
    const std::string message = message_of([&, path = path] { require_writable(path); });
    EXPECT_NE(message.find(says), std::string::npos) << path << ": " << message;
    EXPECT_EQ(message_of([&, path = path] { write_results(path, Results{}); }), message);
  }
  EXPECT_TRUE(fs::is_fifo(folder / "pipe"));
  EXPECT_TRUE(fs::is_socket(folder / "socket"));
}

TEST(AbandonedParts, AreRemovedOnceTheirProcessHasEnded) {
  const TemporaryFolder folder;
  const pid_t ended = ::fork();
  if (ended == 0) _exit(0);
  ::waitpid(ended, nullptr, 0);
  const std::vector<std::string> abandoned{
      fmt::format("{}.{:07}.part", folder / "r.h5", ended),
      fmt::format("{}.{:07}.part", folder / "r.h5.journal", ended)};
  const std::vector<std::string> kept{part_path(folder / "r.h5"), folder / "r.h5",
                                      folder / "r.h5.x.part",
                                      fmt::format("{}.{:07}.part.h5", folder / "r.h5", ended),
                                      fmt::format("{}.{:07}.part", folder / "q.h5", ended)};
  for (const std::string& path : kept) std::ofstream(path) << "x";
  for (const std::string& path : abandoned) std::ofstream(path) << "x";
  remove_abandoned_parts(folder / "r.h5");
  for (const std::string& path : abandoned) EXPECT_FALSE(fs::exists(path)) << path;
  for (const std::string& path : kept) EXPECT_TRUE(fs::exists(path)) << path;
}

TEST(WriteResults, FollowsSymbolicLinksAndLeavesThem) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "elsewhere");
  std::ofstream(folder / "elsewhere/old.h5") << "old";
  fs::create_symlink("elsewhere/old.h5", folder / "link.h5");
  fs::create_symlink("link.h5", folder / "link-to-link.h5");
  fs::create_symlink((folder / "elsewhere/new.h5"), folder / "dangling.h5");
  Results results;
  results.name = "campaign";
  for (const std::string name : {"link-to-link.h5", "dangling.h5"}) {
    write_results(folder / name, results);
    EXPECT_TRUE(fs::is_symlink(fs::symlink_status(folder / name))) << name;
    EXPECT_EQ(read_results(folder / name).name, "campaign");
  }
  EXPECT_EQ(read_results(folder / "elsewhere/old.h5").name, "campaign");
  EXPECT_EQ(read_results(folder / "elsewhere/new.h5").name, "campaign");
}

}  // namespace
}  // namespace scalelaw::harness
