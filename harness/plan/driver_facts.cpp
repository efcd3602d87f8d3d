#include "harness/plan/driver_facts.hpp"

#include <fmt/format.h>

#include <memory>

#include "common/error.hpp"
#include "harness/launch/drivers.hpp"
#include "harness/launch/process.hpp"

namespace scalelaw {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;
constexpr double patience_s = 60;

/// What a driver that complained said: "PROGRAM: WHAT", "  hint: REMEDY".
[[noreturn]] void pass_on(const fs::path& program, const Printed& printed) {
  std::string what = printed.err.substr(0, printed.err.find('\n'));
  const std::string name = program.filename().string() + ": ";
  if (what.starts_with(name)) what.erase(0, name.size());
  std::string hint;
  constexpr std::string_view mark = "hint: ";
  if (const std::size_t at = printed.err.find(mark); at != std::string::npos) {
    hint = printed.err.substr(at + mark.size());
    hint.erase(std::min(hint.size(), hint.find('\n')));
  }
  if (what.empty()) {
    what =
        fmt::format("'{} --describe' ended with exit code {}", program.string(), printed.exit_code);
  }
  throw Error(what, hint);
}

std::string ask(const fs::path& program, const std::vector<std::string>& words) {
  Command command{{program}, {}, {}};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  const Printed printed = read_process(command, patience_s);
  if (printed.timed_out) {
    throw Error(fmt::format("'{}' gave no answer in {} s", to_string(command), patience_s),
                "run it by hand to see why");
  }
  if (printed.exit_code != 0) pass_on(program, printed);
  return printed.out;
}

KernelFacts read_kernel(const json& from) {
  KernelFacts out{from.at("summary"), from.at("size_parameter"), {}};
  out.modes = from.value("modes", out.modes);
  for (const json& param : from.at("params")) {
    out.params.push_back({param.at("name"), param.at("type"), param.at("default"),
                          param.value("help", ""),
                          param.value("choices", std::vector<std::string>{})});
  }
  return out;
}

}  // namespace

Catalog parse_catalog(const std::string& text, const std::string& driver) {
  try {
    const json from = json::parse(text);
    Catalog out;
    out.model = enum_from<Model>(from.at("model").get<std::string>());
    for (const auto& [name, kernel] : from.at("kernels").items()) {
      out.kernels[name] = read_kernel(kernel);
    }
    return out;
  } catch (const std::exception& error) {
    throw Error(fmt::format("'{} --describe' printed no catalogue: {}", driver, error.what()),
                "is it a driver of this version? docs/record.md says what it must print");
  }
}

DriverFacts ask_drivers(const fs::path& folder) {
  DriverFacts out;
  for (const Model model : {Model::serial, Model::openmp, Model::mpi, Model::hybrid}) {
    const fs::path program = driver_program(folder, model);
    if (!fs::exists(program)) continue;
    out.models[model] = parse_catalog(ask(program, {"--describe"}), program);
  }
  for (const std::string& peer : find_peers(folder)) {
    const fs::path program = driver_program(folder, Model::serial, peer);
    out.peers[peer] = parse_catalog(ask(program, {"--describe"}), program);
  }
  const auto answers = std::make_shared<std::map<std::vector<std::string>, json>>();
  out.describe = [folder, models = out.models, answers](const std::string& kernel,
                                                        const json& params, std::int64_t seed) {
    for (const auto& [model, catalog] : models) {
      if (!catalog.kernels.contains(kernel)) continue;
      std::vector<std::string> words{kernel, "--describe", "--seed", std::to_string(seed)};
      for (const auto& [name, value] : params.items()) {
        for (const std::string& word : option_words(name, value)) words.push_back(word);
      }
      const auto known = answers->find(words);
      if (known != answers->end()) return known->second;
      json answer = json::parse(ask(driver_program(folder, model), words));
      (*answers)[words] = answer;
      return answer;
    }
    throw Error(fmt::format("no driver knows the kernel '{}'", kernel), "see scalelaw list");
  };
  return out;
}

}  // namespace scalelaw
