#include "harness/store/seal.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "harness/store/hdf5_file.hpp"
#include "harness/store/results_file.hpp"
#include "support/message.hpp"
#include "support/source_folder.hpp"
#include "support/synthetic_results.hpp"
#include "support/temporary_folder.hpp"

namespace {

/// What this process, and no child of it, gave to the HDF5 library.
std::vector<std::string>& opened() {
  static std::vector<std::string> paths;
  return paths;
}

}  // namespace

/// Stands before HDF5's own function, and calls it.
extern "C" std::int64_t H5Fopen(const char* path, unsigned flags, std::int64_t access) {
  using Open = std::int64_t (*)(const char*, unsigned, std::int64_t);
  static const auto open = reinterpret_cast<Open>(::dlsym(RTLD_NEXT, "H5Fopen"));
  opened().emplace_back(path);
  return open(path, flags, access);
}

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST(Seal, RefusesEveryDamagedCopy) {
  const TemporaryFolder folder;
  write_results(folder / "r.h5", SyntheticResults(5).make());
  const std::string whole = bytes_of(folder / "r.h5");
  EXPECT_TRUE(check_seal(folder / "r.h5"));
  std::mt19937 random(8);
  for (int i = 0; i < 300; ++i) {
    std::string bytes = whole;
    // Every fourth copy is damaged in the seal itself.
    const std::size_t range = i % 4 == 0 ? static_cast<std::size_t>(seal_bytes) : bytes.size();
    for (int flips = i % 3 + 1; flips > 0; --flips) {
      bytes[random() % range] ^= static_cast<char>(1 << random() % 8);
    }
    if (bytes == whole) continue;
    write_bytes(folder / "damaged.h5", bytes);
    const std::string message = message_of([&] { read_results(folder / "damaged.h5"); });
    ASSERT_NE(message.find("is damaged"), std::string::npos) << "copy " << i << ": " << message;
  }
}

TEST(Seal, RefusesAFileThatIsLongerOrShorter) {
  const TemporaryFolder folder;
  write_results(folder / "r.h5", SyntheticResults(5).make());
  const std::string whole = bytes_of(folder / "r.h5");
  write_bytes(folder / "longer.h5", whole + "x");
  write_bytes(folder / "shorter.h5", whole.substr(0, whole.size() - 1));
  write_bytes(folder / "seal.h5", whole.substr(0, static_cast<std::size_t>(seal_bytes)));
  for (const char* name : {"longer.h5", "shorter.h5", "seal.h5"}) {
    EXPECT_NE(message_of([&] { read_results(folder / name); }).find("is damaged"),
              std::string::npos);
  }
}

TEST(Seal, IsMissedInAFileThatShouldHaveOne) {
  const TemporaryFolder folder;
  write_results(folder / "r.h5", SyntheticResults(5).make());
  {
    Hdf5File bare = Hdf5File::create(folder / "bare.h5");
    bare.write_attribute("/", "format", std::string("scalelaw results"));
    bare.write_attribute("/", "schema", std::int64_t{results_schema});
    bare.close();
  }
  EXPECT_NE(message_of([&] { read_results(folder / "bare.h5"); }).find("lost the checksum"),
            std::string::npos);
}

TEST(Seal, IsMadeAnewAfterAnEditOnPurpose) {
  const TemporaryFolder folder;
  const Results results = SyntheticResults(5).make();
  write_results(folder / "r.h5", results);
  std::string bytes = bytes_of(folder / "r.h5");
  bytes += "appended, which HDF5 passes over";
  write_bytes(folder / "r.h5", bytes);
  EXPECT_NE(message_of([&] { read_results(folder / "r.h5"); }).find("or was changed"),
            std::string::npos);
  write_seal(folder / "r.h5");
  EXPECT_EQ(everything(read_results(folder / "r.h5")), everything(results));
}

/// They have no checksum; the HDF5 library crashes on some.
TEST(Seal, KeepsDamagedFilesOfTheFirstSchemaFromCrashingTheProgram) {
  const TemporaryFolder folder;
  const std::string whole = bytes_of(source_folder() + "/tests/data/schema_1.h5");
  std::mt19937 random(1);
  int refused = 0;
  for (int i = 0; i < 12; ++i) {
    std::string bytes = whole;
    for (int flips = 0; flips < 40; ++flips) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    write_bytes(folder / "damaged.h5", bytes);
    refused += message_of([&] { read_results(folder / "damaged.h5"); }) != "no error" ? 1 : 0;
  }
  EXPECT_GT(refused, 6);
}

/// A damaged file that HDF5 reads without an error can break HDF5 itself, which then crashes when
/// the program ends.
TEST(Seal, IsNeededForAFileThatThisProcessGivesToHdf5) {
  const TemporaryFolder folder;
  const std::string unsealed = source_folder() + "/tests/data/schema_1.h5";
  write_results(folder / "sealed.h5", SyntheticResults(5).make());
  opened().clear();
  EXPECT_EQ(read_results(unsealed).schema, 1);
  read_results(folder / "sealed.h5");
  const auto has = [](const std::string& path) {
    return std::count(opened().begin(), opened().end(), path) > 0;
  };
  EXPECT_FALSE(has(unsealed));
  EXPECT_TRUE(has(folder / "sealed.h5"));
}

}  // namespace
}  // namespace scalelaw::harness
