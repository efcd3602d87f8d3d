// ReFrame's run reports (--report-file).
// Source: reframe-hpc/reframe, reframe/frontend/reporting and reframe/schemas/runreport.json; reports
//         of the versions 3.12, 4.6 and 4.10 are among the tests.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "common/error.hpp"
#include "common/foreign_json.hpp"
#include "common/json_text.hpp"
#include "exchange_format_list.hpp"
#include "harness/exchange/foreign.hpp"
#include "harness/exchange/format.hpp"
#include "harness/exchange/metric.hpp"
#include "harness/exchange/naming.hpp"
#include "harness/exchange/numbers.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// One performance value of one test case.
struct Value {
  std::string name, unit;
  json value;
};

/// "name" of "system:partition:name".
std::string last_part(const std::string& key) {
  const auto colon = key.rfind(':');
  return colon == std::string::npos ? key : key.substr(colon + 1);
}

/// The performance values: a list of objects until version 4.2, later lists by their names.
std::vector<Value> values_of(const json& test, const std::string& where) {
  std::vector<Value> out;
  const auto unit_of = [](const json& unit) {
    return unit.is_string() ? unit.get<std::string>() : "";
  };
  if (test.contains("perfvars") && test["perfvars"].is_array()) {
    for (const json& one : test["perfvars"]) {
      out.push_back({text_member(one, "name", where + ".perfvars"),
                     unit_of(one.value("unit", json())),
                     member(one, "value", where + ".perfvars")});
    }
  }
  if (test.contains("perfvalues") && test["perfvalues"].is_object()) {
    for (const auto& [key, one] : test["perfvalues"].items()) {
      if (!one.is_array() || one.size() < 5) {
        throw Error(fmt::format("{}.perfvalues['{}'] is not a list of value, references and unit",
                                where, key),
                    "give the file as ReFrame wrote it");
      }
      out.push_back({last_part(key), unit_of(one[4]), one[0]});
    }
  }
  return out;
}

/// The name of a test, and its parameters: "Roots" and threads of "Roots %threads=4".
void put_test(Measurement& to, const Naming& naming, const json& test, const std::string& where,
              std::vector<std::string>& parameters) {
  const std::string name = test.contains("display_name") ? text_member(test, "display_name", where)
                                                         : text_member(test, "name", where);
  std::string rest = name;
  auto mark = rest.find(" %");
  to.texts[Meaning::series] = rest.substr(0, mark);
  while (mark != std::string::npos) {
    rest = rest.substr(mark + 2);
    mark = rest.find(" %");
    const std::string pair = rest.substr(0, mark);
    const auto equal = pair.find('=');
    if (equal == std::string::npos) continue;  // a variant's name without a value
    const std::string parameter = pair.substr(0, equal), value = pair.substr(equal + 1);
    parameters.push_back(parameter);
    const auto use = naming.use_of(parameter);
    if (parameter.ends_with("repeat_no") || (use && use->meaning == Meaning::repetition)) {
      to.texts[Meaning::repetition] = value;
    } else {
      put_parameter(to, naming, parameter, value);
    }
  }
}

/// A field of a test; until version 4.6 the variables of a test are an object in it.
json field_of(const json& test, const char* name) {
  if (test.contains(name)) return test[name];
  const auto variables = test.find("check_vars");
  return variables != test.end() && variables->is_object() ? variables->value(name, json())
                                                           : json();
}

/// A field of the test that says how many there were, unless a parameter did.
void put_count(Measurement& to, const json& test, const char* field, Meaning meaning) {
  const json value = field_of(test, field);
  if (!value.is_number_integer()) return;
  const auto count = value.get<std::int64_t>();
  if (count < 1) return;
  const auto [said, is_new] = to.counts.try_emplace(meaning, count);
  if (is_new || said->second == count || count == 1) return;
  throw Error(fmt::format("a parameter says {} {}, and {} is {}", said->second, to_string(meaning),
                          field, count),
              "import it with --ignore and the parameter's name if it means something else");
}

void put_placement(Measurement& to, const json& test) {
  put_count(to, test, "num_tasks", Meaning::ranks);
  put_count(to, test, "num_cpus_per_task", Meaning::threads);
  for (const char* field : {"job_nodelist", "nodelist"}) {
    if (!test.contains(field) || !test[field].is_array() || test[field].empty()) continue;
    to.counts.try_emplace(Meaning::nodes, static_cast<std::int64_t>(test[field].size()));
  }
}

/// A time or a rate, by its unit; false when it is neither.
bool put_value(Measurement& to, const Value& value, const std::string& where) {
  if (per_second(value.unit)) {
    state_unit(to, value.unit);
    to.time = positive(value.value, where);
    return true;
  }
  const auto use = Naming({}).use_of(value.unit);
  if (!use || use->meaning != Meaning::rate) return false;
  to.rate = positive(value.value, where);
  to.rate_unit = use->unit;
  return true;
}

/// Reads the test cases of a report.
class ReportReader {
 public:
  explicit ReportReader(const ImportOptions& options) : naming_(options), options_(options) {}

  void add(const json& test, const std::string& where) {
    const std::vector<Value> values = values_of(test, where);
    Measurement like;
    put_test(like, naming_, test, where, parameters_);
    put_placement(like, test);
    if (values.empty()) {
      reading.notes.push_back(fmt::format("{} ('{}') has no performance values: left out", where,
                                          like.text(Meaning::series)));
    }
    for (const Value& value : values) {
      names_.insert(value.name);
      if (!options_.metric.empty() && value.name != options_.metric) continue;
      Measurement one = like;
      one.where = fmt::format("{} ({})", where, value.name);
      one.texts[Meaning::series] += ": " + value.name;
      if (put_value(one, value, one.where)) {
        reading.measurements.push_back(std::move(one));
      } else {
        reading.notes.push_back(fmt::format("{}: '{}' is no unit of a time or a rate: left out",
                                            one.where, value.unit));
      }
    }
  }

  /// Checks that the parameters and the metric that were wanted occurred.
  void finish() const {
    naming_.require_present(parameters_);
    if (options_.metric.empty() || names_.contains(options_.metric)) return;
    (void)chosen_metric({names_.begin(), names_.end()}, options_);
  }

  Reading reading;

 private:
  Naming naming_;
  const ImportOptions& options_;
  std::set<std::string> names_;
  std::vector<std::string> parameters_;
};

void put_session(const json& session, Reading& reading) {
  for (const auto& [key, value] : session.items()) {
    if (value.is_structured() || value.is_null()) continue;
    if (key == "hostname") reading.environment["host.name"] = json_text(value);
    if (key == "time_start") reading.started = json_text(value);
    if (key == "version" || key == "cmdline")
      reading.environment["import." + key] = json_text(value);
  }
}

Reading read_reframe(const ForeignFile& file, const ImportOptions& options) {
  const json whole = parse_foreign(file.text);
  ReportReader reader(options);
  const json& runs = list_member(whole, "runs", "the file");
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const json& tests = list_member(runs[r], "testcases", fmt::format("runs[{}]", r));
    for (std::size_t t = 0; t < tests.size(); ++t) {
      const std::string where = fmt::format("runs[{}].testcases[{}]", r, t);
      try {
        reader.add(tests[t], where);
      } catch (const Error& error) {
        const bool placed = std::string(error.what()).starts_with(where);
        throw Error(placed ? error.what() : fmt::format("{}: {}", where, error.what()),
                    error.hint());
      }
    }
  }
  reader.finish();
  put_session(member(whole, "session_info", "the file"), reader.reading);
  return std::move(reader.reading);
}

bool is_reframe(const ForeignFile& file) {
  const json whole = object_of(file.text);
  return whole.contains("session_info") && whole.contains("runs") && whole["runs"].is_array();
}

}  // namespace

ExchangeFormat reframe_format() {
  return {.name = "reframe",
          .title = "ReFrame's run report",
          .launch = "test case",
          .uses = {"column", "ignore", "metric"},
          .recognizes = is_reframe,
          .read = read_reframe};
}

}  // namespace scalelaw::harness
