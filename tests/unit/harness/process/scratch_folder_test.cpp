#include "harness/process/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <optional>

#include "support/message.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// TMPDIR with another value, for a while.
class OtherTemporaryFolder {
 public:
  explicit OtherTemporaryFolder(const std::string& folder) {
    if (const char* before = std::getenv("TMPDIR")) before_ = before;
    setenv("TMPDIR", folder.c_str(), 1);
  }
  ~OtherTemporaryFolder() {
    unsetenv("TMPDIR");
    if (before_) setenv("TMPDIR", before_->c_str(), 1);
  }
  OtherTemporaryFolder(const OtherTemporaryFolder&) = delete;
  OtherTemporaryFolder& operator=(const OtherTemporaryFolder&) = delete;

 private:
  std::optional<std::string> before_;
};

TEST(ScratchFolder, IsGoneWithAllThatIsInIt) {
  fs::path path;
  {
    const ScratchFolder folder, other;
    path = folder.path();
    EXPECT_TRUE(fs::is_directory(path));
    EXPECT_NE(path, other.path());
    std::ofstream(folder.file("record.jsonl")) << "{}";
    fs::create_directory(path / "deeper");
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(ScratchFolder, SaysWhereItCannotBe) {
  const ScratchFolder folder;
  {
    const OtherTemporaryFolder nowhere(folder.file("missing"));
    EXPECT_NE(message_of([] { ScratchFolder(); }).find("cannot make a temporary folder"),
              std::string::npos);
  }
  const OtherTemporaryFolder within(folder.path());
  EXPECT_EQ(ScratchFolder().path().parent_path(), folder.path());
}

}  // namespace
}  // namespace scalelaw::harness
