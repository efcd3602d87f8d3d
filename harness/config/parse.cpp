#include "harness/config/parse.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include "common/json_text.hpp"
#include "common/looked_in.hpp"
#include "harness/config/batch_tables.hpp"
#include "harness/config/driver.hpp"
#include "harness/config/encoding.hpp"
#include "harness/config/fake.hpp"
#include "harness/config/hosts.hpp"
#include "harness/config/key.hpp"
#include "harness/config/name.hpp"
#include "harness/config/simulate.hpp"

namespace scalelaw::harness {
namespace {

const Keys<Campaign>& campaign_keys() {
  static const Keys<Campaign> keys{
      {"name", "text: letters, digits, '-', '_', '.' and blanks", "the first experiment's",
       [](Campaign& out, const Value& value) {
         out.name = value.text();
         try {
           require_campaign_name(out.name);
         } catch (const Error& error) {
           value.fail(error.what(), error.hint());
         }
       }},
      {"seed", "count", "1", count_into(&Campaign::seed, 0)},
      {"budget_s", "seconds, or inf", "inf",
       [](Campaign& out, const Value& value) {
         out.measuring.campaign_budget_s = value.number(0);
       }},
      {"scheduler", "auto, slurm, pbs, flux or local", "auto",
       [](Campaign& out, const Value& value) { out.scheduler = value.one_of<SchedulerChoice>(); }},
  };
  return keys;
}

const Keys<CapacityGate>& gate_keys() {
  using T = CapacityGate;
  static const Keys<T> keys{
      {"enabled", "true or false", "true", flag_into(&T::enabled)},
      {"spin_s", "seconds", "0.05", number_into(&T::spin_s, 0, 10)},
      {"free_share", "number above 0 and up to 1", "0.9", number_into(&T::free_share, 0, 1)},
      {"repeats", "count", "2", count_into(&T::repeats, 0)},
  };
  return keys;
}

/// A number of samples fixes it; "auto" lets each point have its own.
void read_samples(Measuring& out, const Value& value) {
  out.choose_samples = value.node().value<std::string>() == "auto";
  if (!out.choose_samples) out.samples = value.count(1);
}

const Keys<Measuring>& measuring_keys() {
  using T = Measuring;
  static const Keys<T> keys{
      {"warmups", "count", "1", count_into(&T::warmups, 0)},
      {"samples", "count from 1, or \"auto\"", "\"auto\"", read_samples},
      {"launches_min", "count from 1", "6", count_into(&T::launches_min, 1)},
      {"launches_max", "count from 1", "30", count_into(&T::launches_max, 1)},
      {"target_interval", "number above 0 and up to 1", "0.02",
       number_into(&T::target_interval, 0, 1)},
      {"budget_s", "seconds, or inf", "60", number_into(&T::budget_s, 0)},
      {"timeout_s", "seconds, or inf", "300", number_into(&T::timeout_s, 0)},
      {"diagnostics", "count", "1", count_into(&T::diagnostics, 0)},
      {"ceilings", "true or false", "true", flag_into(&T::ceilings)},
      {"gate", "table", "see below", table_key("[measuring.gate]", &T::gate, gate_keys)},
  };
  return keys;
}

const Keys<MachineOptions>& machine_keys() {
  using T = MachineOptions;
  static const Keys<T> keys{
      {"cores", "count from 1", "as found", count_into(&T::cores, 1)},
      {"memory", "count of bytes", "as found", count_into(&T::memory_bytes, 1)},
      {"last_level_cache", "count of bytes", "as found", count_into(&T::last_level_cache_bytes, 1)},
  };
  return keys;
}

/// MCA parameters have names of their own, so every key is allowed.
void read_mca(MpirunOptions& out, const Value& value) {
  const toml::table* table = value.node().as_table();
  if (table == nullptr) {
    value.fail(value.shown() + " is not a table", "write mca = { btl = \"tcp,self\" }");
  }
  for (const auto& [name, node] : *table) {
    const Setting setting = Value(node, std::string(name.str()), value.file()).setting();
    const nlohmann::json& first = setting.values.at(0);
    if (setting.values.size() != 1) {
      value.fail(fmt::format("'{}' has a list", setting.name), "give each parameter one value");
    }
    out.mca[setting.name] = json_text(first);
  }
}

void read_hosts(MpirunOptions& out, const Value& value) {
  for (const std::string& text : value.texts()) {
    try {
      const std::vector<std::string> hosts = split_hosts(text);
      out.hosts.insert(out.hosts.end(), hosts.begin(), hosts.end());
    } catch (const Error& error) {
      value.fail(error.what(), error.hint());
    }
  }
}

const Keys<MpirunOptions>& mpirun_keys() {
  using T = MpirunOptions;
  static const Keys<T> keys{
      {"program", "text", "\"mpirun\"", text_into(&T::program)},
      {"hosts", "list of texts", "none: this machine", read_hosts},
      {"hostfile", "text", "none: this machine", text_into(&T::hostfile)},
      {"connect_s", "seconds", "10", number_into(&T::connect_s, 0, 3600)},
      {"mca", "table of parameters", "none", read_mca},
      {"options", "list of texts", "none", lines_into(&T::options)},
  };
  return keys;
}

const Keys<Lesson>& lesson_keys() {
  using T = Lesson;
  static const Keys<T> keys{
      {"order", "count from 1", "none: required", count_into(&T::order, 1), true},
      {"title", "text", "none: required", text_into(&T::title), true},
      {"question", "text", "none: required", text_into(&T::question), true},
      {"claim", "text", "none: required", text_into(&T::claim), true},
      {"findings", "list of texts", "none: required", texts_into(&T::findings), true},
      {"figure", "text", "none", text_into(&T::figure)},
  };
  return keys;
}

/// Options belong to the drivers, which say what they take (harness/plan/options.hpp).  A table is
/// none of them, nor is what stands where the kernel should.
bool take_option(Experiment& out, const Value& value, bool has_kernel) {
  const toml::array* list = value.node().as_array();
  if (value.node().is_table() || (list != nullptr && list->is_array_of_tables())) return false;
  if (!has_kernel && !nearest(value.key(), {"kernel"}).empty()) return false;
  out.options.push_back(value.setting());
  return true;
}

/// A table of settings; `example`: how one is written.
auto settings_into(std::vector<Setting> Experiment::*member, const char* example) {
  return [=](Experiment& out, const Value& value) {
    const toml::table* table = value.node().as_table();
    if (table == nullptr) {
      value.fail(value.shown() + " is not a table",
                 fmt::format("write {0} = {{ {1} }}, or [experiment.{0}]", value.key(), example));
    }
    for (const auto& [name, node] : *table) {
      (out.*member).push_back(Value(node, std::string(name.str()), value.file()).setting());
    }
  };
}

const Keys<Experiment>& experiment_keys() {
  using T = Experiment;
  static const Keys<T> keys{
      {"kernel", "text", "none: required without a driver", text_into(&T::kernel)},
      {"name", "text, unique", "the kernel's name", text_into(&T::name)},
      {"driver", "list of texts", "none", texts_into(&T::drivers)},
      {"models", "list of texts", "all that are built", texts_into(&T::models)},
      {"scaling", "list of: strong, weak", "[\"strong\"]",
       [](T& out, const Value& value) { out.scaling = value.some_of<Scaling>(); }},
      {"size", "count, \"auto\", or a list of them", "the kernel's own",
       [](T& out, const Value& value) { out.size = value.sizes(); }},
      {"params", "table", "the kernel's own", settings_into(&T::params, "type = \"f64\"")},
      {"nodes", "count, list of counts, or \"auto\"", "1", counts_into(&T::nodes)},
      {"ranks", "count, list of counts, or \"auto\"", "1", counts_into(&T::ranks)},
      {"threads", "count, list of counts, or \"auto\"", "1", counts_into(&T::threads)},
      {"peers", "list of texts", "none", texts_into(&T::peers)},
      {"peer_options", "table", "none", settings_into(&T::peer_options, "chunk = [0, 1]")},
      {"oversubscribe", "true or false", "false", flag_into(&T::oversubscribe)},
  };
  return keys;
}

Experiment read_experiment(const toml::table& table, const std::string& file) {
  Experiment out;
  out.line = static_cast<int>(table.source().begin.line);
  const bool has_kernel = table.contains("kernel");
  read_table<Experiment>(
      table, "[[experiment]]", experiment_keys(), out, file,
      [=](Experiment& into, const Value& value) { return take_option(into, value, has_kernel); });
  if (!has_kernel && out.drivers.empty()) {
    throw Error(fmt::format("{}:{}: [[experiment]] lacks 'kernel'", file, out.line),
                "add kernel = ... (text), or driver = ... to measure a [[driver]]");
  }
  return out;
}

void read_experiments(Campaign& out, const Value& value) {
  const toml::array* array = value.node().as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
    value.fail(value.shown() + " is not a list of tables",
               "write [[experiment]], with two brackets, on a line");
  }
  for (const toml::node& node : *array) {
    out.experiments.push_back(read_experiment(*node.as_table(), value.file()));
  }
}

/// An experiment without a name has that of its kernel.
void name_experiments(Campaign& campaign) {
  std::set<std::string> names;
  for (Experiment& experiment : campaign.experiments) {
    if (experiment.name.empty()) experiment.name = experiment.kernel;
    if (experiment.name.empty()) experiment.name = experiment.drivers.front();
    if (!names.insert(experiment.name).second) {
      throw Error(fmt::format("{}:{}: two experiments are called '{}'", campaign.file,
                              experiment.line, experiment.name),
                  "give each its own 'name'");
    }
  }
}

void read_campaign(Campaign& out, const Value& value) {
  const toml::table* table = value.node().as_table();
  if (table == nullptr) {
    value.fail(value.shown() + " is not a table", "write [campaign] on a line");
  }
  read_table(*table, "[campaign]", campaign_keys(), out, value.file());
}

/// A campaign without a name has that of its first experiment.
void name_campaign(Campaign& campaign) {
  if (!campaign.name.empty()) return;
  campaign.name = campaign.experiments.front().name;
  try {
    require_campaign_name(campaign.name);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: the campaign has no name, and that of its first experiment cannot "
                            "be taken: {}",
                            campaign.file, error.what()),
                "add [campaign] and, below it, name = \"...\"");
  }
}

/// The tables of a config.
const Keys<Campaign>& root_keys() {
  using T = Campaign;
  static const Keys<T> keys{
      {"campaign", "table", "", read_campaign},
      {"measuring", "table", "", table_key("[measuring]", &T::measuring, measuring_keys)},
      {"machine", "table", "", table_key("[machine]", &T::machine, machine_keys)},
      {"mpirun", "table", "", table_key("[mpirun]", &T::mpirun, mpirun_keys)},
      {"slurm", "table", "", table_key("[slurm]", &T::slurm, slurm_keys)},
      {"pbs", "table", "", table_key("[pbs]", &T::pbs, pbs_keys)},
      {"flux", "table", "", table_key("[flux]", &T::flux, flux_keys)},
      {"fake", "table", "", table_key("[fake]", &T::fake, fake_keys)},
      {"simulate", "table", "", table_key("[simulate]", &T::simulate, simulate_keys)},
      {"lesson", "table", "", table_key("[lesson]", &T::lesson, lesson_keys)},
      {"driver", "list of tables", "", read_drivers},
      {"experiment", "list of tables", "", read_experiments, true,
       "[[experiment]] and, below it, kernel = \"...\" (`scalelaw list` names them)"},
  };
  return keys;
}

void check_together(const Campaign& campaign) {
  check_simulate(campaign.simulate, campaign.file);
  if (campaign.measuring.launches_min > campaign.measuring.launches_max) {
    throw Error(fmt::format("{}: launches_min is {}, above launches_max, {}", campaign.file,
                            campaign.measuring.launches_min, campaign.measuring.launches_max),
                "raise [measuring] launches_max, or lower launches_min");
  }
  check_batch_tables(campaign);
  if (!campaign.mpirun.hosts.empty() && !campaign.mpirun.hostfile.empty()) {
    throw Error(fmt::format("{}: [mpirun] has both hosts and hostfile", campaign.file),
                "keep one of them");
  }
}

template <class T>
void document(std::vector<KeyDoc>& out, const std::string& table, const Keys<T>& keys) {
  for (const Key<T>& key : keys) {
    if (key.name == "gate" || key.name == "case") continue;  // tables of their own
    out.push_back({table, std::string(key.name), std::string(key.type), std::string(key.fallback)});
  }
}

}  // namespace

Campaign parse_campaign(const std::string& text, const std::string& file) {
  Campaign out;
  out.file = file;
  out.text = text;
  require_utf8(text, file);
  try {
    const toml::table table = toml::parse(text, file);
    read_table(table, "the config", root_keys(), out, file);
    out.simulate.given = table.contains("simulate");
  } catch (const toml::parse_error& error) {
    throw Error(fmt::format("{}:{}: {}", file, error.source().begin.line, error.description()),
                "see docs/config.md; texts need quotes, tables need brackets");
  }
  check_together(out);
  use_drivers(out);
  name_experiments(out);
  name_campaign(out);
  return out;
}

namespace {

/// Whether a file begins as HDF5 does, or as a sealed results file (harness/store/seal.hpp).
bool is_results_file(std::string_view text) {
  return text.starts_with("\x89HDF\r\n") || text.starts_with("scalelaw results");
}

}  // namespace

Campaign load_campaign(const std::string& file) {
  std::error_code unknown;
  if (std::filesystem::is_directory(file, unknown)) {
    throw Error(fmt::format("'{}' is a folder", file), "give the path of a TOML file in it");
  }
  std::ifstream stream(file);
  std::ostringstream text;
  if (stream.is_open()) text << stream.rdbuf();
  if (!stream.is_open() || text.bad()) {  // of a folder nothing can be read, of an empty file all
    throw Error(fmt::format("cannot read the config '{}'{}", file, looked_in(file)),
                "give the path of a TOML file, or a name that scalelaw list shows");
  }
  if (is_results_file(text.str())) {
    throw Error(
        fmt::format("'{}' is a results file, not a config", file),
        "give a TOML file; scalelaw report shows results, scalelaw init --from writes their "
        "config");
  }
  return parse_campaign(text.str(), file);
}

std::vector<KeyDoc> config_keys() {
  std::vector<KeyDoc> out;
  document(out, "campaign", campaign_keys());
  document(out, "measuring", measuring_keys());
  document(out, "measuring.gate", gate_keys());
  document(out, "machine", machine_keys());
  document(out, "mpirun", mpirun_keys());
  document(out, "slurm", slurm_keys());
  document(out, "pbs", pbs_keys());
  document(out, "flux", flux_keys());
  document(out, "fake", fake_keys());
  document(out, "fake.case", fake_case_keys());
  document(out, "simulate", simulate_keys());
  document(out, "lesson", lesson_keys());
  document(out, "driver", driver_keys());
  document(out, "experiment", experiment_keys());
  return out;
}

}  // namespace scalelaw::harness
