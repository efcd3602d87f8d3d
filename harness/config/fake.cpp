#include "harness/config/fake.hpp"

#include <cmath>

#include "common/json_text.hpp"

namespace scalelaw::harness {
namespace {

constexpr double longest_s = 1e6;

/// A number from 0 to `most`.
auto cost_into(std::optional<double> FakeCosts::*member, double most) {
  return [=](FakeCosts& out, const Value& value) { out.*member = value.number_from(0, most); };
}

void read_serial_share(FakeCosts& out, const Value& value) {
  out.serial_share_of.clear();
  if (value.node().is_string()) {
    out.serial_share_of = value.text();
  } else {
    cost_into(&FakeCosts::serial_share, 1)(out, value);
  }
}

void read_chunk_items(FakeCosts& out, const Value& value) {
  out.chunk_items_of.clear();
  if (value.node().is_string()) {
    out.chunk_items_of = value.text();
  } else {
    out.chunk_items = static_cast<double>(value.count(0));
  }
}

void read_facts(FakeCosts& out, const Value& value) {
  const toml::table* table = value.node().as_table();
  if (table == nullptr) {
    value.fail(value.shown() + " is not a table", "write facts = { lost = 1000 }");
  }
  for (const auto& [name, node] : *table) {
    const Setting setting = Value(node, std::string(name.str()), value.file()).setting();
    out.facts[setting.name] = json_text(setting.values.at(0));
  }
}

void read_stages(FakeCosts& out, const Value& value) {
  const toml::table* table = value.node().as_table();
  if (table == nullptr) {
    value.fail(value.shown() + " is not a table", "write stages = { read = 0.2, compress = 0.8 }");
  }
  for (const auto& [name, node] : *table) {
    const std::string stage(name.str());
    out.stages[stage] = Value(node, stage, value.file()).number(0, 1);
  }
}

/// The keys that [fake] and its cases share.  Their defaults are those of [fake].
const Keys<FakeCosts>& cost_keys() {
  using T = FakeCosts;
  static const Keys<T> keys{
      {"one_worker_s", "seconds", "0.01",
       [](T& out, const Value& value) { out.one_worker_s = value.number(0, longest_s); }},
      {"operation_s", "seconds", "none: every size takes one_worker_s",
       [](T& out, const Value& value) { out.operation_s = value.number(0, longest_s); }},
      {"serial_share", "number from 0 to 1, or a parameter", "0.05", read_serial_share},
      {"critical_share", "number from 0 to 1", "0", cost_into(&T::critical_share, 1)},
      {"limit", "number above 0, or inf", "the cores",
       [](T& out, const Value& value) { out.limit = value.number(0); }},
      {"node_speed", "number above 0", "1",
       [](T& out, const Value& value) { out.node_speed = value.number(0, 1e6); }},
      {"node_s", "seconds", "0", cost_into(&T::node_s, longest_s)},
      {"node_ranks", "count from 0", "0",
       [](T& out, const Value& value) { out.node_ranks = static_cast<double>(value.count(0)); }},
      {"pass_s", "seconds", "0", cost_into(&T::pass_s, longest_s)},
      {"doubling_s", "seconds", "0", cost_into(&T::doubling_s, longest_s)},
      {"chunk_s", "seconds", "none: work is divided evenly", cost_into(&T::chunk_s, longest_s)},
      {"chunk_items", "count from 0, or a parameter", "0", read_chunk_items},
      {"weights", "equal, linear, one_heavy or power_law", "none: work is divided evenly",
       [](T& out, const Value& value) { out.weights = value.one_of<FakeWeights>(); }},
      {"facts", "table of texts and numbers", "none", read_facts},
      {"stages", "table of numbers up to 1", "none", read_stages},
  };
  return keys;
}

/// These keys, for what has such costs.
template <class T>
void add_costs(Keys<T>& keys) {
  for (const Key<FakeCosts>& key : cost_keys()) {
    keys.push_back({key.name, key.type, key.fallback,
                    [set = key.set](T& out, const Value& value) { set(out.costs, value); }});
  }
}

void read_when(FakeCase& out, const Value& value) {
  const toml::table* table = value.node().as_table();
  if (table == nullptr || table->empty()) {
    value.fail(table == nullptr ? value.shown() + " is not a table" : "the table is empty",
               "write when = { model = \"mpi\" }");
  }
  for (const auto& [name, node] : *table) {
    out.when.push_back(Value(node, std::string(name.str()), value.file()).setting());
  }
}

void read_cases(FakeOptions& out, const Value& value) {
  const toml::array* array = value.node().as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
    value.fail(value.shown() + " is not a list of tables",
               "write [[fake.case]], with two brackets, on a line");
  }
  for (const toml::node& node : *array) {
    FakeCase& one = out.cases.emplace_back();
    read_table(*node.as_table(), "[[fake.case]]", fake_case_keys(), one, value.file());
  }
}

}  // namespace

const Keys<FakeCase>& fake_case_keys() {
  static const Keys<FakeCase> keys = [] {
    Keys<FakeCase> out{{"when", "table of values, or lists of them", "none: required", read_when,
                        true, "when = { model = \"mpi\" }"}};
    add_costs(out);
    for (Key<FakeCase>& key : out) {
      if (!key.required) key.fallback = "that of [fake]";
    }
    return out;
  }();
  return keys;
}

const Keys<FakeOptions>& fake_keys() {
  using T = FakeOptions;
  static const Keys<T> keys = [] {
    Keys<T> out;
    add_costs(out);
    const Keys<T> own{
        {"launch_noise", "number from 0 to 1", "0.005", number_from_zero_into(&T::launch_noise, 1)},
        {"sample_noise", "number from 0 to 1", "0.005", number_from_zero_into(&T::sample_noise, 1)},
        {"noise_seed", "count", "1", count_into(&T::noise_seed, 0)},
        {"nodes", "count from 1", "1", count_into(&T::nodes, 1)},
        {"load", "number from 0 to 0.99", "0", number_from_zero_into(&T::load, 0.99)},
        {"case", "list of tables", "none", read_cases},
    };
    out.insert(out.end(), own.begin(), own.end());
    return out;
  }();
  return keys;
}

}  // namespace scalelaw::harness
