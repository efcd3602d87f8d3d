#include "harness/plan/driver_facts.hpp"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <optional>

#include "common/error.hpp"
#include "common/foreign_json.hpp"
#include "harness/plan/ask_driver.hpp"
#include "harness/plan/drivers.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;
constexpr const char* other_version =
    "is it a driver of this version? docs/record.md says what it must print";
constexpr std::array all_models{Model::serial, Model::openmp, Model::mpi, Model::hybrid};

/// What an exception says, without the name that the JSON library puts before it.
std::string said_by(const std::exception& error) {
  const std::string what = error.what();
  const std::size_t end = what.starts_with("[json.exception") ? what.find("] ") : std::string::npos;
  return end == std::string::npos ? what : what.substr(end + 2);
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

/// The catalogue of a driver, or nothing when it is not there or cannot be used.
std::optional<Catalog> ask_one(const fs::path& program, DriverFacts& out) {
  std::error_code failed;
  if (!fs::exists(fs::symlink_status(program, failed))) return std::nullopt;
  try {
    return parse_catalog(ask_driver(program, {"--describe"}), program);
  } catch (const Error& error) {
    out.unusable[program.filename()] = {error.what(), error.hint()};
    return std::nullopt;
  }
}

/// What the planner reads of a description without looking.
void require_work(const json& described) {
  const json& work = described.at("work");
  (void)described.at("params").items();
  for (const char* number : {"operations", "resident_bytes"}) (void)work.at(number).get<double>();
  (void)work.at("memory_bound").get<bool>();
  (void)described.value("size_parameter", std::string());
}

auto describer(const fs::path& folder, const std::map<Model, Catalog>& models) {
  const auto answers = std::make_shared<std::map<std::vector<std::string>, json>>();
  return [=](const std::string& kernel, const json& params, std::int64_t seed) {
    for (const auto& [model, catalog] : models) {
      if (!catalog.kernels.contains(kernel)) continue;
      std::vector<std::string> words{kernel, "--describe", "--seed", std::to_string(seed)};
      for (const auto& [name, value] : params.items()) {
        for (const std::string& word : option_words(name, value)) words.push_back(word);
      }
      const auto known = answers->find(words);
      if (known != answers->end()) return known->second;
      const fs::path program = driver_program(folder, model);
      const std::string printed = ask_driver(program, words);
      try {
        json answer = parse_foreign(printed);
        require_work(answer);
        return (*answers)[words] = std::move(answer);
      } catch (const std::exception& error) {
        throw Error(fmt::format("{} does not describe '{}' as docs/record.md says: {}",
                                program.string(), kernel, said_by(error)),
                    other_version);
      }
    }
    throw Error(fmt::format("no driver knows the kernel '{}'", kernel), "see scalelaw list");
  };
}

}  // namespace

Catalog parse_catalog(const std::string& text, const std::string& driver) {
  try {
    const json from = parse_foreign(text);
    Catalog out;
    out.model = enum_from<Model>(from.at("model").get<std::string>());
    for (const auto& [name, kernel] : from.at("kernels").items()) {
      out.kernels[name] = read_kernel(kernel);
    }
    return out;
  } catch (const std::exception& error) {
    throw Error(fmt::format("'{} --describe' printed no catalogue: {}", driver, said_by(error)),
                other_version);
  }
}

WantedDrivers drivers_of(const Campaign& campaign) {
  WantedDrivers out;
  for (const Experiment& experiment : campaign.experiments) {
    out.models.insert(experiment.models.begin(), experiment.models.end());
    out.peers.insert(experiment.peers.begin(), experiment.peers.end());
  }
  return out;
}

WantedDrivers drivers_in(const fs::path& folder) {
  const std::vector<std::string> peers = find_peers(folder);
  return {{all_models.begin(), all_models.end()}, {peers.begin(), peers.end()}};
}

DriverFacts ask_drivers(const fs::path& folder, const WantedDrivers& wanted) {
  DriverFacts out;
  out.peer_names = find_peers(folder);
  const auto ask_model = [&](Model model) {
    const fs::path program = driver_program(folder, model);
    if (auto answer = ask_one(program, out)) out.models[model] = *std::move(answer);
  };
  for (const Model model : wanted.models) ask_model(model);
  for (const Model model : all_models) {
    if (out.models.empty() && !wanted.models.contains(model)) ask_model(model);
  }
  for (const std::string& peer : wanted.peers) {
    const fs::path program = driver_program(folder, Model::serial, peer);
    if (auto answer = ask_one(program, out)) out.peers[peer] = *std::move(answer);
  }
  out.describe = describer(folder, out.models);
  return out;
}

void require_a_model(const fs::path& folder, const DriverFacts& drivers) {
  if (!drivers.models.empty()) return;
  if (drivers.unusable.empty()) {
    throw Error(fmt::format("there is no driver of any model in '{}'", folder.string()),
                "build them (cmake --build build/release), or name their folder with --drivers");
  }
  const auto& [program, first] = *drivers.unusable.begin();
  throw Error(
      fmt::format("no driver in '{}' can be used; {}: {}", folder.string(), program, first.why),
      first.remedy);
}

}  // namespace scalelaw::harness
