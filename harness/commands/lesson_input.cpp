#include "harness/commands/lesson_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "common/error.hpp"
#include "harness/config/parse.hpp"
#include "harness/plan/ask_driver.hpp"
#include "harness/plan/driver_facts.hpp"
#include "harness/plan/drivers.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

constexpr double making_takes_at_most_s = 60;

/// The folder that an experiment writes to.
std::string output_of(const Experiment& experiment, const std::string& config) {
  const auto found = std::ranges::find(experiment.params, "output_dir", &Setting::name);
  if (found != experiment.params.end() && found->values.front().is_string()) {
    return found->values.front();
  }
  throw Error(fmt::format("{}: its first experiment does not say where to write", config),
              "add output_dir = \"...\" to its params, the folder that the lesson reads");
}

/// One pass of an experiment's kernel, with the first of each parameter's values, which writes to
/// `folder`.
std::vector<std::string> words_of(const Experiment& experiment, const std::string& folder) {
  std::vector<std::string> out{experiment.kernel};
  for (const Setting& param : experiment.params) {
    const std::vector<std::string> words = option_words(
        param.name, param.name == "output_dir" ? nlohmann::json(folder) : param.values.front());
    out.insert(out.end(), words.begin(), words.end());
  }
  out.insert(out.end(), {"--warmups", "0", "--samples", "1", "--batch", "1"});
  return out;
}

}  // namespace

std::string make_input(const LessonConfig& lesson, const std::string& drivers) {
  if (lesson.input.empty()) return {};
  const Experiment experiment = load_campaign(lesson.input).experiments.front();
  std::string output = output_of(experiment, lesson.input);
  std::error_code unreachable;  // the driver says why
  if (fs::exists(output, unreachable)) return {};
  const DriverFacts facts =
      ask_drivers(find_drivers(drivers), {.models = {}, .peers = {}, .all_models = true});
  const Driver* driver = facts.any_with(experiment.kernel);
  if (driver == nullptr) {
    throw Error(fmt::format("no driver has the kernel '{}', which makes the folder '{}'",
                            experiment.kernel, output),
                "build them (cmake --build build/release), or name their folder with --drivers");
  }
  // A folder that was interrupted has another name, so it is not taken for the user's own.
  const std::string unfinished = output + ".unfinished";
  fs::remove_all(unfinished, unreachable);
  (void)ask_driver(driver->program, words_of(experiment, unfinished), making_takes_at_most_s);
  std::error_code failed;
  fs::rename(unfinished, output, failed);
  if (failed) {
    throw Error(fmt::format("cannot rename '{}' to '{}': {}", unfinished, output, failed.message()),
                "call it from a folder that you can write to");
  }
  return output;
}

}  // namespace scalelaw::harness
