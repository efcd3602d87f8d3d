#include "cli/campaigns.hpp"

#include <fstream>

#include "harness/store/results_file.hpp"

namespace scalelaw::harness {

namespace fs = std::filesystem;

std::string CliOfResults::sample() {
  return fs::path(SCALELAW_SOURCE_DIR) / "tests/data/schema_1.h5";
}

void CliOfResults::pretend(const std::string& experiment, const std::string& output) const {
  const std::string file =
      write("pretended.toml",
            "[campaign]\nname = \"pretended\"\n[measuring]\nsamples = 2\nlaunches_min = 8\n"
            "launches_max = 8\nceilings = false\n[measuring.gate]\nenabled = false\n[machine]\n"
            "cores = 8\n[[experiment]]\nkernel = \"calibration\"\nparams = { items = 16 }\n" +
                experiment + "\n");
  const Printed printed = scalelaw({"run", file, "--launcher", "fake", "-o", output});
  ASSERT_EQ(printed.exit_code, 0) << printed.out << printed.err;
}

void CliOfResults::edit(const std::string& from, const std::string& to,
                        const std::function<void(Results&)>& change) const {
  Results results = read_results(folder_ / from);
  change(results);
  write_results(folder_ / to, results);
}

nlohmann::json CliOfResults::json_of(std::vector<std::string> words) const {
  words.insert(words.end(), {"--format", "json"});
  const Printed printed = scalelaw(words);
  EXPECT_EQ(printed.err, "");
  return nlohmann::json::parse(printed.out);
}

void CliOfResults::expect_refused(const std::vector<std::string>& words,
                                  const std::string& what) const {
  SCOPED_TRACE(what);
  const Printed printed = scalelaw(words);
  EXPECT_EQ(printed.exit_code, 1) << printed.out;
  EXPECT_EQ(printed.out, "");
  EXPECT_EQ(printed.err.substr(0, 10), "scalelaw: ");
  EXPECT_NE(printed.err.find(what), std::string::npos) << printed.err;
  EXPECT_NE(printed.err.find("\n  hint: "), std::string::npos) << printed.err;
}

void CliOfResults::expect_files_refused(const std::vector<std::string>& words) const {
  const auto with = [&](const std::string& file) {
    std::vector<std::string> all{words.front(), file};
    all.insert(all.end(), words.begin() + 1, words.end());
    return all;
  };
  expect_refused(with("none.h5"), "'none.h5'");
  fs::create_directories(folder_ / "folder.h5");
  expect_refused(with("folder.h5"), "folder.h5");
  expect_refused(with(write("text.h5", "no results at all\n")), "'text.h5'");
  std::ifstream whole(sample(), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(whole), {}};
  expect_refused(with(write("cut.h5", bytes.substr(0, bytes.size() / 2))), "'cut.h5'");
}

}  // namespace scalelaw::harness
