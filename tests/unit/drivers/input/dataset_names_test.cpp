#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/error.hpp"
#include "drivers/input/hdf5_dataset.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::driver {
namespace {

std::vector<std::string> paths_of(const std::string& text, std::size_t count) {
  std::vector<std::string> out;
  for (const DatasetName& name : parse_dataset_names(text, count)) {
    EXPECT_EQ(name.file, "f.h5");
    out.push_back(name.path);
  }
  return out;
}

using Paths = std::vector<std::string>;

TEST(DatasetNames, HaveCommasWhereOneIsExpected) {
  EXPECT_EQ(paths_of("f.h5:/m", 1), Paths{"/m"});
  EXPECT_EQ(paths_of("f.h5:/a,b", 1), Paths{"/a,b"});
  EXPECT_EQ(paths_of("f.h5:/a\\,b", 1), Paths{"/a\\,b"});
}

TEST(DatasetNames, AreParted) {
  EXPECT_EQ(paths_of("f.h5:/x,/y", 2), (Paths{"/x", "/y"}));
  EXPECT_EQ(paths_of("f.h5:/x\\,1,/g/y\\\\,/z", 3), (Paths{"/x,1", "/g/y\\", "/z"}));
  EXPECT_EQ(paths_of("f.h5:/x\\1,/y", 2), (Paths{"/x\\1", "/y"}));
}

TEST(DatasetNames, SayHowACommaIsWritten) {
  try {
    parse_dataset_names("f.h5:/a,1,/b", 2);
    FAIL() << "three names passed for two";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "the input 'f.h5:/a,1,/b' names 3 datasets, not 2");
    EXPECT_NE(error.hint().find("'\\,' for a comma"), std::string::npos) << error.hint();
  }
  EXPECT_THROW(parse_dataset_names("f.h5:/x", 2), Error);
  EXPECT_THROW(parse_dataset_names("f.h5:/x,", 2), Error);
  EXPECT_THROW(parse_dataset_names("f.h5", 1), Error);
  EXPECT_THROW(parse_dataset_names(":/x", 1), Error);
}

TEST(DatasetNames, OfFilesAndGroupsWithColons) {
  const TemporaryFolder folder;
  std::ofstream(folder / "f.h5") << "any";
  const std::string file = folder / "f.h5";
  const DatasetName inside = parse_dataset_names(file + ":/group:/x", 1).front();
  EXPECT_EQ(inside.file, file);
  EXPECT_EQ(inside.path, "/group:/x");
  std::filesystem::create_directory(folder / "d:");
  std::ofstream(folder / "d:/f.h5") << "any";
  const DatasetName outside = parse_dataset_names((folder / "d:/f.h5") + ":/x", 1).front();
  EXPECT_EQ(outside.file, folder / "d:/f.h5");
  EXPECT_EQ(outside.path, "/x");
}

}  // namespace
}  // namespace scalelaw::driver
