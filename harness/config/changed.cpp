#include "harness/config/changed.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <sstream>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

void set(toml::table& table, const ConfigChange& change) {
  const toml::table one = toml::parse("value = " + change.value);
  table.insert_or_assign(change.key, *one.get("value"));
}

/// Changes the experiments that have the key.
void change_experiments(toml::table& config, const ConfigChange& change) {
  bool any = false;
  if (toml::array* experiments = config["experiment"].as_array()) {
    for (toml::node& node : *experiments) {
      toml::table* experiment = node.as_table();
      if (experiment == nullptr || !experiment->contains(change.key)) continue;
      set(*experiment, change);
      any = true;
    }
  }
  if (any) return;
  throw Error(fmt::format("no experiment of that config has '{}'", change.key),
              fmt::format("omit --{}, and add the key to what is written", change.key));
}

}  // namespace

std::string with_changes(const std::string& text, const std::vector<ConfigChange>& changes) {
  toml::table config = toml::parse(text);
  for (const ConfigChange& change : changes) {
    if (change.table == "experiment") {
      change_experiments(config, change);
      continue;
    }
    if (!config.contains(change.table)) config.insert(change.table, toml::table{});
    set(*config[change.table].as_table(), change);
  }
  std::ostringstream out;
  out << config << '\n';
  return out.str();
}

}  // namespace scalelaw::harness
