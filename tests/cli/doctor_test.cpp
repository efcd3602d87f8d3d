// Whether this machine and the tool are fit to measure: what is found, and what to do about it.
#include <sstream>

#include "cli/cli.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// One line of what doctor prints.
struct Row {
  std::string health, check, found, remedy;
};

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? ""
                                    : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// The table's rows by the places of its headings; a row without a check goes on with the one
/// above.
std::vector<Row> rows_of(const std::string& printed) {
  std::istringstream lines(printed);
  std::string line;
  std::vector<Row> rows;
  std::size_t check = 0, found = 0, remedy = 0;
  while (std::getline(lines, line)) {
    if (remedy == 0) {
      check = line.find("check"), found = line.find("found");
      if (line.find("what to do") != std::string::npos) remedy = line.find("what to do");
      continue;
    }
    if (line.substr(0, check).find_first_not_of(" ") == std::string::npos &&
        !rows.empty()) {  // wrapped
      rows.back().found += " " + trimmed(line.substr(std::min(found, line.size()), remedy - found));
      const std::string more = trimmed(line.substr(std::min(remedy, line.size())));
      rows.back().remedy += (more.empty() ? "" : " ") + more;
      continue;
    }
    if (line.size() < check || line[check - 1] != ' ' || line[check - 2] != ' ') break;  // the end
    const auto part = [&](std::size_t from, std::size_t to) {
      return trimmed(line.substr(std::min(from, line.size()), to - from));
    };
    rows.push_back(
        {part(0, check), part(check, found), part(found, remedy), part(remedy, std::string::npos)});
  }
  return rows;
}

class Doctor : public Cli {
 protected:
  /// A folder of drivers that do a two-hundredth of the work that they are asked for, so that the
  /// test is quick.
  [[nodiscard]] std::string quick_drivers() const {
    const fs::path real = fs::path(SCALELAW_PROGRAM).parent_path();
    std::string folder;
    for (const char* model : {"serial", "openmp", "mpi", "hybrid"}) {
      const std::string name = std::string("scalelaw-") + model;
      if (!fs::exists(real / name)) continue;
      folder = put_driver(name, "#!/bin/sh\nexec '" + (real / name).string() +
                                    "' $(echo \"$@\" | sed 's/ 20000000 / 100000 /')\n");
    }
    return folder;
  }

  /// Every check that is not good comes with a remedy, and the exit status says whether any is bad.
  static void expect_remedies(const Printed& printed) {
    const std::vector<Row> rows = rows_of(printed.out);
    EXPECT_GT(rows.size(), 10U) << printed.out;
    bool bad = false;
    for (const Row& row : rows) {
      if (row.health == "good") {
        EXPECT_EQ(row.remedy, "") << row.check;
        continue;
      }
      EXPECT_NE(row.remedy, "") << row.check << ": " << row.found;
      bad = bad || row.health != "note";
    }
    EXPECT_EQ(printed.exit_code, bad ? 3 : 0) << printed.out;
    EXPECT_EQ(printed.out.find("Nothing to fix") == std::string::npos, bad);
    EXPECT_EQ(printed.err, "");
  }

  static const Row* find_row(const std::vector<Row>& rows, const std::string& check) {
    for (const Row& row : rows) {
      if (row.check.starts_with(check)) return &row;
    }
    ADD_FAILURE() << "no check " << check;
    return nullptr;
  }
};

TEST_F(Doctor, HasARemedyForEachCheckThatIsNotGood) {
  const Printed printed = scalelaw({"doctor", "--drivers", quick_drivers()});
  expect_remedies(printed);
  const std::vector<Row> rows = rows_of(printed.out);
  for (const char* check : {"processor", "free cores", "clock", "serial", "A/A"}) {
    (void)find_row(rows, check);
  }
}

TEST_F(Doctor, FindsDriversThatDoNotWork) {
  const std::string folder = driver_that("echo 'no room in the harbour' >&2; exit 9");
  (void)put_driver("scalelaw-mpi", "#!/no/such/shell\n");
  (void)put_driver("scalelaw-peer-old", "#!/bin/sh\necho hello\n");
  const Printed printed = scalelaw({"doctor", "--drivers", folder});
  EXPECT_EQ(printed.exit_code, 3) << printed.err;
  expect_remedies(printed);
  const std::vector<Row> rows = rows_of(printed.out);
  if (const Row* serial = find_row(rows, "serial"); serial != nullptr) {
    EXPECT_NE(serial->health, "good");
    EXPECT_NE(serial->found.find("no room in the harbour"), std::string::npos) << serial->found;
  }
  if (const Row* mpi = find_row(rows, "mpi"); mpi != nullptr) {
    EXPECT_NE(mpi->health, "good");
  }
  if (const Row* peer = find_row(rows, "peer old"); peer != nullptr) {
    EXPECT_EQ(peer->health, "note") << "only configs that name it need it";
  }
}

TEST_F(Doctor, RefusesWrongUsage) {
  fs::create_directories(folder_ / "empty");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"doctor", "--drivers", "empty"},
        {"doctor", "--drivers", "none"},
        {"doctor", "--nothing"},
        {"doctor", "extra"}}) {
    const Printed printed = scalelaw(words);
    EXPECT_EQ(printed.exit_code, 1) << words.back() << printed.out;
    EXPECT_NE(printed.err.find("\n  hint: "), std::string::npos) << words.back() << printed.err;
  }
}

}  // namespace
}  // namespace scalelaw::harness
