#include "harness/plan/driver_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "common/error.hpp"
#include "common/foreign_json.hpp"
#include "common/json_text.hpp"
#include "harness/plan/ask_driver.hpp"
#include "harness/plan/drivers.hpp"
#include "harness/process/find_program.hpp"
#include "harness/process/own_files.hpp"
#include "harness/results/json_fields.hpp"
#include "harness/results/work.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// The driver's description of itself, or nothing when the driver cannot be used.
std::optional<Driver> ask_one(const fs::path& program, DriverFacts& out) {
  try {
    return parse_driver(ask_driver(program, {"--describe"}), program);
  } catch (const Error& error) {
    out.unusable[program.filename()] = {error.what(), error.hint()};
    return std::nullopt;
  }
}

/// Checks what a work model demands of the cores: numbers by rate.
void require_demands(const json& work) {
  const json* const demands = optional_field(work, "demands", Kind::object);
  if (demands == nullptr) return;
  within("demands", [&] {
    for (const auto& [rate, amount] : demands->items()) {
      require_name(rate);
      require_kind(amount, rate.c_str(), Kind::number);
      if (amount.get<double>() < 0) {
        throw Fault{rate, fmt::format("must be at least 0, not {}", shown(amount))};
      }
    }
  });
}

/// Checks the parts of a description that the planner and the laws use without checking.
void require_work(const json& described) {
  require_kind(described, "it", Kind::object);
  field(described, "params", Kind::object);
  optional_field(described, "size_parameter", Kind::text);
  const json& work = field(described, "work", Kind::object);
  within("work", [&] {
    for (const char* number : {"operations", "resident_bytes"}) field(work, number, Kind::number);
    field(work, "memory_bound", Kind::truth);
    require_demands(work);
  });
  Point point;
  point.work = work;
  (void)point.task();
  (void)messages_of(point);
  (void)holding_of(point);
  (void)has_diagnostics(point);
  (void)decides_samples(point);
}

std::vector<std::string> joined(std::vector<std::string> words,
                                const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

json ask_for_work(const Driver& driver, const std::string& kernel,
                  const std::vector<std::string>& words) {
  const std::string printed = ask_driver(driver.program, joined(driver.words, words));
  std::string fault;
  try {
    json answer = parse_foreign(printed);
    fault = fault_in([&] { require_work(answer); });
    if (fault.empty()) return answer;
  } catch (const std::exception& error) {
    fault = said_by(error);
  }
  throw Error(fmt::format("{} does not describe '{}' as docs/record.md says: {}",
                          driver.program.string(), kernel, fault),
              "use a driver of this version; docs/record.md says what it must print");
}

auto describer() {
  const auto answers = std::make_shared<std::map<std::vector<std::string>, json>>();
  return [=](const Driver& driver, const std::string& kernel, const json& params,
             const json& options, std::int64_t seed) {
    std::vector<std::string> words{kernel, "--describe", "--seed", std::to_string(seed)};
    for (const json* values : {&params, &options}) {
      for (std::string& word : option_words(*values)) words.push_back(std::move(word));
    }
    const std::vector<std::string> question =
        joined(joined({driver.program.string()}, driver.words), words);
    const auto known = answers->find(question);
    if (known != answers->end()) return known->second;
    return (*answers)[question] = ask_for_work(driver, kernel, words);
  };
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

const Driver* DriverFacts::find(const std::string& model) const {
  const auto found = std::find_if(models.begin(), models.end(),
                                  [&](const Driver& driver) { return driver.model.name == model; });
  return found == models.end() ? nullptr : &*found;
}

const Driver* DriverFacts::any_with(const std::string& kernel) const {
  const auto found = std::find_if(models.begin(), models.end(),
                                  [&](const Driver& driver) { return driver.has(kernel); });
  return found == models.end() ? nullptr : &*found;
}

std::vector<const Driver*> DriverFacts::of(const Experiment& experiment) const {
  std::vector<const Driver*> out;
  for (const std::string& name : experiment.drivers) {
    const auto found = named.find(name);
    if (found != named.end() && found->second.has(experiment.kernel)) out.push_back(&found->second);
  }
  if (!experiment.drivers.empty()) return out;
  for (const Driver& driver : models) {
    if (driver.has(experiment.kernel)) out.push_back(&driver);
  }
  return out;
}

WantedDrivers drivers_of(const Campaign& campaign) {
  WantedDrivers out;
  for (const Experiment& experiment : campaign.experiments) {
    if (!experiment.drivers.empty()) continue;
    out.models.insert(experiment.models.begin(), experiment.models.end());
    out.peers.insert(experiment.peers.begin(), experiment.peers.end());
    out.all_models = out.all_models || experiment.models.empty();
  }
  return out;
}

WantedDrivers drivers_in(const fs::path& folder) {
  const std::vector<std::string> peers = find_peers(folder);
  return {.models = {}, .peers = {peers.begin(), peers.end()}, .all_models = true};
}

DriverFacts ask_drivers(const fs::path& folder, const WantedDrivers& wanted) {
  DriverFacts out;
  out.model_names = find_models(folder);
  out.peer_names = find_peers(folder);
  const auto is_wanted = [&](const std::string& model) {
    return wanted.all_models || wanted.models.contains(model);
  };
  const auto ask_model = [&](const std::string& model) {
    auto answer = ask_one(folder / model_program(model), out);
    if (answer) out.models.push_back(*std::move(answer));
  };
  for (const std::string& model : out.model_names) {
    if (is_wanted(model)) ask_model(model);
  }
  const bool plans_own = wanted.all_models || !wanted.models.empty() || !wanted.peers.empty();
  for (const std::string& model : out.model_names) {
    if (plans_own && out.models.empty() && !is_wanted(model)) ask_model(model);
  }
  std::sort(out.models.begin(), out.models.end(),
            [](const Driver& a, const Driver& b) { return a.model < b.model; });
  for (const std::string& peer : wanted.peers) {
    if (!contains(out.peer_names, peer)) continue;
    auto answer = ask_one(folder / peer_program(peer), out);
    if (answer) out.peers[peer] = *std::move(answer);
  }
  out.describe = describer();
  return out;
}

std::vector<std::string> driver_start(const ConfigDriver& driver, const fs::path& folder) {
  if (driver.keeps_contract()) {
    const std::string found = find_program(driver.program);
    return {found.empty() ? driver.program : fs::absolute(found).string()};
  }
  std::error_code unreachable;
  const bool there = fs::exists(folder / command_adapter, unreachable);
  return {((there ? folder : own_files().drivers) / command_adapter).string(), "--definition",
          serialize(adapter::to_json(driver.command))};
}

void ask_config_drivers(const fs::path& folder, const Campaign& campaign, DriverFacts& facts) {
  for (const ConfigDriver& driver : campaign.drivers) {
    std::vector<std::string> start = driver_start(driver, folder);
    const fs::path program = start.front();
    start.erase(start.begin());
    try {
      Driver answer = parse_config_driver(ask_driver(program, joined(start, {"--describe"})),
                                          program, driver.name());
      answer.words = std::move(start);
      facts.named[driver.name()] = std::move(answer);
    } catch (const Error& error) {
      facts.unusable[driver.name()] = {error.what(), error.hint()};
    }
  }
}

void require_a_model(const fs::path& folder, const Campaign& campaign, const DriverFacts& drivers) {
  const bool all_named =
      std::ranges::all_of(campaign.experiments,
                          [](const Experiment& experiment) { return !experiment.drivers.empty(); });
  if (!drivers.models.empty() || (all_named && !campaign.experiments.empty())) return;
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
