#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "common/field.hpp"
#include "harness/store/hdf5_file.hpp"
#include "harness/store/results_file.hpp"
#include "support/source_folder.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

/// The tables of a file as docs/results-file.md has them.
std::string described(const Hdf5File& file) {
  std::string text;
  for (const Table& table : tables_of(Results{})) {
    text +=
        fmt::format("\n### `{}`\n\n{}.\n\n| column | type | unit | meaning |\n|---|---|---|---|\n",
                    table.head.path, table.head.meaning);
    for (const Column& column : file.columns_of(table.head.path)) {
      text += fmt::format("| `{}` | {} | {} | {} |\n", column.name, to_string(column.type),
                          column.unit, column.meaning);
    }
  }
  return text;
}

TEST(ResultsFileDocumentation, HasEveryTableAndColumnThatIsWritten) {
  const TemporaryFolder folder;
  write_results(folder / "r.h5", Results{});
  const std::string tables = described(Hdf5File::open(folder / "r.h5"));
  std::ostringstream document;
  document << std::ifstream(source_folder() + "/docs/results-file.md").rdbuf();
  EXPECT_NE(document.str().find(tables), std::string::npos) << "docs/results-file.md should hold:\n"
                                                            << tables;
}

TEST(ResultsFileDocumentation, KnowsEveryTableOfAFile) {
  const TemporaryFolder folder;
  Results results;
  results.points.emplace_back().kernel = "dot_product";
  results.launches.emplace_back();
  results.samples.emplace_back();
  write_results(folder / "r.h5", results);
  std::vector<std::string> expected{"/facts/dot_product", "/parameters/dot_product"};
  for (const Table& table : tables_of(Results{})) expected.push_back(table.head.path);
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(Hdf5File::open(folder / "r.h5").table_paths(), expected);
}

}  // namespace
}  // namespace scalelaw::harness
