#include "harness/store/record_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <set>

#include "common/cpu_list.hpp"
#include "common/error.hpp"
#include "common/json_text.hpp"
#include "harness/store/record.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

constexpr std::int64_t known_schema = 1;
constexpr std::size_t most_names = 256;    // parameters or facts: each is a column of a table
constexpr std::size_t longest_name = 128;  // bytes
constexpr std::size_t longest_shown = 60;  // of a value in a message
constexpr double rounding = 1.001;         // a phase against its total: sums of clock readings
constexpr double rounding_s = 1e-6;

constexpr const char* phases[] = {"distribute_s", "prepare_s", "compute_s", "combine_s",
                                  "finish_s"};

/// A field that breaks a rule.
struct Fault {
  std::string field;  ///< e.g. ranks[0].items
  std::string says;
};

enum class Kind { text, whole, number, truth, object, list };

const char* describe(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "a text";
    case Kind::whole:
      return "a whole number of 64 bits";
    case Kind::number:
      return "a number";
    case Kind::truth:
      return "true or false";
    case Kind::object:
      return "an object";
    case Kind::list:
      break;
  }
  return "a list";
}

bool fits(const json& value, Kind kind) {
  switch (kind) {
    case Kind::text:
      return value.is_string();
    case Kind::whole:
      return value.is_number_integer() &&
             (!value.is_number_unsigned() ||
              value.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max());
    case Kind::number:
      return value.is_number();
    case Kind::truth:
      return value.is_boolean();
    case Kind::object:
      return value.is_object();
    case Kind::list:
      break;
  }
  return value.is_array();
}

/// A value as a message shows it: short, on one line.
std::string shown(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  const std::string text = serialize(value);
  if (text.size() <= longest_shown) return text;
  std::size_t end = longest_shown;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + "...";
}

/// Runs `check`; a fault that it finds is of a field inside `place`.
template <class Place, class Check>
void within(const Place& place, const Check& check) {
  try {
    check();
  } catch (Fault& fault) {
    const bool element = fault.field.empty() || fault.field.front() == '[';
    fault.field = fmt::format("{}{}{}", place, element ? "" : ".", fault.field);
    throw;
  }
}

void require_kind(const json& value, const char* key, Kind kind) {
  if (fits(value, kind)) return;
  throw Fault{key, fmt::format("must be {}, not {}", describe(kind), shown(value))};
}

/// The field `key`, of that kind; a fault when there is none.
const json& field(const json& object, const char* key, Kind kind) {
  const auto found = object.find(key);
  if (found == object.end()) throw Fault{key, "is missing"};
  require_kind(*found, key, kind);
  return *found;
}

/// The same; nullptr when there is none.
const json* optional_field(const json& object, const char* key, Kind kind) {
  const auto found = object.find(key);
  if (found == object.end()) return nullptr;
  require_kind(*found, key, kind);
  return &*found;
}

std::int64_t at_least(std::int64_t least, const json& value, const char* key) {
  const auto number = value.get<std::int64_t>();
  if (number < least) throw Fault{key, fmt::format("must be at least {}, not {}", least, number)};
  return number;
}

double duration(const json& object, const char* key) {
  const auto seconds = field(object, key, Kind::number).get<double>();
  if (!std::isfinite(seconds) || seconds < 0) {
    throw Fault{key, fmt::format("must be a duration, not {} s", seconds)};
  }
  return seconds;
}

/// A part cannot last longer than the whole.
void require_inside(double part_s, double whole_s, const std::string& key, const char* whole) {
  if (part_s <= whole_s * rounding + rounding_s) return;
  throw Fault{key, fmt::format("is {} s, longer than {} of {} s", part_s, whole, whole_s)};
}

void require_text_list(const json& object, const char* key) {
  if (const json* text = optional_field(object, key, Kind::object)) {
    within(key, [&] {
      for (const auto& [name, value] : text->items()) require_kind(value, name.c_str(), Kind::text);
    });
  }
}

// Names become columns and attributes of the results file.
void require_name(const std::string& name) {
  const bool printable = std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (!name.empty() && name.size() <= longest_name && printable) return;
  throw Fault{shown(name), fmt::format("is not a name: it needs 1 to {} bytes, and no control "
                                       "characters",
                                       longest_name)};
}

/// Names and numbers at every depth.
void require_storable(const json& value) {
  if (value.is_number_integer() && !fits(value, Kind::whole)) {
    throw Fault{"", fmt::format("must fit in 64 bits with a sign, and {} does not", shown(value))};
  }
  if (value.is_object()) {
    for (const auto& [name, part] : value.items()) {
      require_name(name);
      within(name, [&] { require_storable(part); });
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      within(fmt::format("[{}]", i), [&] { require_storable(value[i]); });
    }
  }
}

/// `columns` are those that the names stand beside in a table of the results file.
void require_few(const json& object, const char* key, const char* column) {
  if (object.size() > most_names) {
    throw Fault{key, fmt::format("has {} entries, more than {}", object.size(), most_names)};
  }
  if (object.contains(column)) {
    throw Fault{fmt::format("{}.{}", key, column), "has the name of a column of the results file"};
  }
}

void check_thread(const json& thread, std::int64_t number, std::set<std::string>& masks) {
  require_kind(thread, "", Kind::object);
  const auto told = field(thread, "thread", Kind::whole).get<std::int64_t>();
  if (told != number) throw Fault{"thread", fmt::format("must be {}, not {}", number, told)};
  const auto& cpus = field(thread, "cpus", Kind::text).get_ref<const std::string&>();
  optional_field(thread, "last_cpu", Kind::whole);
  if (cpus == "unknown" || masks.contains(cpus)) return;
  try {
    parse_cpu_list(cpus);
  } catch (const Error&) {
    throw Fault{"cpus", fmt::format("must be a CPU list like 0-3,8, not {}", shown(cpus))};
  }
  masks.insert(cpus);
}

void check_rank(const json& rank, std::int64_t number, std::set<std::string>& masks) {
  require_kind(rank, "", Kind::object);
  const auto told = field(rank, "rank", Kind::whole).get<std::int64_t>();
  if (told != number) throw Fault{"rank", fmt::format("must be {}, not {}", number, told)};
  if (field(rank, "host", Kind::text) == "") throw Fault{"host", "must not be empty"};
  optional_field(rank, "pid", Kind::whole);
  const json& threads = field(rank, "threads", Kind::list);
  if (threads.empty()) throw Fault{"threads", "must not be empty"};
  for (std::size_t i = 0; i < threads.size(); ++i) {
    within(fmt::format("threads[{}]", i),
           [&] { check_thread(threads[i], static_cast<std::int64_t>(i), masks); });
  }
}

/// What the header says in two ways must agree.
void check_placement(const json& header, const json* ranks) {
  const json* placement = optional_field(header, "placement", Kind::object);
  if (placement == nullptr) return;
  within("placement", [&] {
    const auto count = [&](const char* key) {
      return at_least(1, field(*placement, key, Kind::whole), key);
    };
    const std::int64_t nodes = count("nodes"), all = count("ranks"), threads = count("threads");
    if (ranks == nullptr) return;
    std::set<std::string> hosts;
    for (const json& rank : *ranks) hosts.insert(rank["host"].get_ref<const std::string&>());
    const auto agree = [](const char* key, std::int64_t told, std::size_t listed) {
      if (told == static_cast<std::int64_t>(listed)) return;
      throw Fault{key, fmt::format("is {}, but the header lists {}", told, listed)};
    };
    agree("nodes", nodes, hosts.size());
    agree("ranks", all, ranks->size());
    for (const json& rank : *ranks) agree("threads", threads, rank["threads"].size());
  });
}

void check_ranks(const json& header) {
  const json* ranks = optional_field(header, "ranks", Kind::list);
  if (ranks != nullptr) {
    if (ranks->empty()) throw Fault{"ranks", "must not be empty"};
    std::set<std::string> masks;  // those found right: most ranks share a few
    for (std::size_t i = 0; i < ranks->size(); ++i) {
      within(fmt::format("ranks[{}]", i),
             [&] { check_rank((*ranks)[i], static_cast<std::int64_t>(i), masks); });
    }
  }
  check_placement(header, ranks);
}

void check_work(const json& header) {
  const json* work = optional_field(header, "work", Kind::object);
  if (work == nullptr) return;
  within("work", [&] {
    if (const json* items = optional_field(*work, "items", Kind::whole))
      at_least(0, *items, "items");
    for (const char* key :
         {"operations", "flops", "compulsory_bytes", "resident_bytes", "amount"}) {
      const json* amount = optional_field(*work, key, Kind::number);
      if (amount != nullptr && amount->get<double>() < 0) {
        throw Fault{key, fmt::format("must not be negative, but is {}", shown(*amount))};
      }
    }
    optional_field(*work, "unit", Kind::text);
    optional_field(*work, "memory_bound", Kind::truth);
  });
}

void check_timer(const json& header) {
  const json* timer = optional_field(header, "timer", Kind::object);
  if (timer == nullptr) return;
  within("timer", [&] {
    optional_field(*timer, "name", Kind::text);
    for (const char* key : {"resolution_s", "overhead_s"}) {
      if (timer->contains(key)) duration(*timer, key);
    }
  });
}

void check_header(const json& header) {
  const auto schema = field(header, "schema", Kind::whole).get<std::int64_t>();
  if (schema != known_schema) {
    throw Fault{"schema", fmt::format("is {}, and this harness reads {}: use a driver and a "
                                      "harness of one version",
                                      schema, known_schema)};
  }
  for (const char* key : {"driver", "kernel", "model"}) field(header, key, Kind::text);
  for (const char* key :
       {"implementation", "isa", "mode", "data", "distribution", "verification"}) {
    optional_field(header, key, Kind::text);
  }
  optional_field(header, "seed", Kind::whole);
  optional_field(header, "overlap", Kind::truth);
  for (const char* key : {"warmups", "samples", "diagnostics", "rank_chunk"}) {
    if (const json* count = optional_field(header, key, Kind::whole)) at_least(0, *count, key);
  }
  if (const json* batch = optional_field(header, "batch", Kind::whole))
    at_least(1, *batch, "batch");
  if (const json* params = optional_field(header, "params", Kind::object)) {
    require_few(*params, "params", "point");
  }
  optional_field(header, "schedule", Kind::object);
  require_text_list(header, "build");
  if (header.contains("mpi") && !header["mpi"].is_null()) require_text_list(header, "mpi");
  check_timer(header);
  check_work(header);
  check_ranks(header);
  require_storable(header);
}

double check_phases(const json& object) {
  const double total_s = duration(object, "total_s");
  for (const char* phase : phases) {
    require_inside(duration(object, phase), total_s, phase, "the total");
  }
  return total_s;
}

/// Returns how many items the rank had.
std::int64_t check_rank_times(const json& rank, double sample_s, const json* listed) {
  require_kind(rank, "", Kind::object);
  const double total_s = check_phases(rank);
  require_inside(total_s, sample_s, "total_s", "the sample");
  // A rank that sends its part and is done may end long before the slowest one, which wait_s is of.
  require_inside(duration(rank, "wait_s"), sample_s, "wait_s", "the sample");
  const json& busy = field(rank, "busy_s", Kind::list);
  if (listed != nullptr && busy.size() != (*listed)["threads"].size()) {
    throw Fault{"busy_s", fmt::format("has {} entries, and the rank has {} threads", busy.size(),
                                      (*listed)["threads"].size())};
  }
  for (std::size_t i = 0; i < busy.size(); ++i) {
    const std::string place = fmt::format("busy_s[{}]", i);
    within(place, [&] { require_kind(busy[i], "", Kind::number); });
    const auto seconds = busy[i].get<double>();
    if (!std::isfinite(seconds) || seconds < 0) {
      throw Fault{place, fmt::format("must be a duration, not {} s", seconds)};
    }
    require_inside(seconds, total_s, place, "the total");
  }
  return at_least(0, field(rank, "items", Kind::whole), "items");
}

/// The ranks' items are those of the work, where the header says how many those are.  A sample of
/// several passes has each rank's mean, rounded down.
void check_items(const std::vector<std::int64_t>& of_ranks, const json& header) {
  if (!header.contains("work") || !header["work"].contains("items")) return;
  const auto expected = header["work"]["items"].get<std::int64_t>();
  std::int64_t most_lost = 0;
  if (header.value("batch", std::int64_t{1}) > 1) {
    most_lost = static_cast<std::int64_t>(of_ranks.size()) - 1;
  }
  std::int64_t sum = 0;
  for (const std::int64_t items : of_ranks) {
    if (items > expected - sum) {
      throw Fault{"ranks", fmt::format("have more items than the {} of the work", expected)};
    }
    sum += items;
  }
  if (sum >= expected - most_lost) return;
  throw Fault{"ranks",
              fmt::format("have {} items together, not the {} of the work", sum, expected)};
}

void check_sample_ranks(const json& sample, const json& header, double total_s) {
  const json& ranks = field(sample, "ranks", Kind::list);
  if (ranks.empty()) throw Fault{"ranks", "must not be empty"};
  const auto listed = header.find("ranks");
  if (listed != header.end() && listed->size() != ranks.size()) {
    throw Fault{"ranks",
                fmt::format("has {} entries, and the header {}", ranks.size(), listed->size())};
  }
  std::vector<std::int64_t> items;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    within(fmt::format("ranks[{}]", i), [&] {
      items.push_back(
          check_rank_times(ranks[i], total_s, listed == header.end() ? nullptr : &(*listed)[i]));
    });
  }
  check_items(items, header);
}

void check_stages(const json& sample) {
  const json* stages = optional_field(sample, "stages", Kind::list);
  if (stages == nullptr) return;
  if (stages->size() > most_names) {
    throw Fault{"stages", fmt::format("has {} entries, more than {}", stages->size(), most_names)};
  }
  for (std::size_t i = 0; i < stages->size(); ++i) {
    within(fmt::format("stages[{}]", i), [&] {
      const json& stage = (*stages)[i];
      require_kind(stage, "", Kind::object);
      require_name(field(stage, "stage", Kind::text).get_ref<const std::string&>());
      duration(stage, "busy_s");
    });
  }
}

void check_facts(const json& sample) {
  const json& facts = field(sample, "facts", Kind::object);
  require_few(facts, "facts", "sample");
  within("facts", [&] {
    for (const auto& [name, value] : facts.items()) {
      require_name(name);
      require_kind(value, name.c_str(), Kind::text);
    }
  });
}

void check_sample(const json& sample, const json& header, std::int64_t expected_index) {
  const auto index = field(sample, "index", Kind::whole).get<std::int64_t>();
  if (index != expected_index) {
    throw Fault{"index", fmt::format("is {}, where sample {} belongs", index, expected_index)};
  }
  field(sample, "diagnostic", Kind::truth);
  const double total_s = check_phases(sample);
  if (total_s == 0) throw Fault{"total_s", "must not be 0"};
  check_sample_ranks(sample, header, total_s);
  check_stages(sample);
  check_facts(sample);
  const bool verified = field(sample, "verified", Kind::truth).get<bool>();
  const json& fault = field(sample, "fault", Kind::text);
  if (verified && fault != "") {
    throw Fault{"verified", fmt::format("is true, but `fault` is {}", shown(fault))};
  }
}

void check_end(const json& end, const Record& record) {
  const std::int64_t samples = at_least(0, field(end, "samples", Kind::whole), "samples");
  // The end counts what was asked for by --samples; diagnostic samples come on top.
  const auto timed = std::count_if(record.samples.begin(), record.samples.end(),
                                   [](const Sample& sample) { return !sample.diagnostic; });
  if (samples != timed) {
    throw Fault{"samples", fmt::format("is {}, but the record has {}", samples, timed)};
  }
  const bool all_verified = std::all_of(record.samples.begin(), record.samples.end(),
                                        [](const Sample& sample) { return sample.verified; });
  if (!field(end, "verified", Kind::truth).get<bool>() && all_verified) {
    throw Fault{"verified", "is false, but every sample's is true"};
  }
}

/// Runs `check`; the fault that it finds, in words.
template <class Check>
std::string fault_in(const Check& check) {
  try {
    check();
    return {};
  } catch (const Fault& fault) {
    return fmt::format("`{}` {}", fault.field, fault.says);
  }
}

}  // namespace

std::string fault_of_header(const json& header) {
  return fault_in([&] { check_header(header); });
}

std::string fault_of_sample(const json& sample, const json& header, std::int64_t expected_index) {
  return fault_in([&] { check_sample(sample, header, expected_index); });
}

std::string fault_of_end(const json& end, const Record& record) {
  return fault_in([&] { check_end(end, record); });
}

std::string fault_of_claims(const Record& record, const LaunchFacts& facts) {
  std::int64_t timed = 0;
  double sum_s = 0;
  for (const Sample& sample : record.samples) {
    if (!sample.diagnostic) ++timed;
    sum_s += sample.total_s;
  }
  if (facts.samples > 0 && timed != facts.samples) {
    return fmt::format("the record has {} timed samples, not the {} asked for", timed,
                       facts.samples);
  }
  const auto batch = static_cast<double>(record.header.value("batch", std::int64_t{1}));
  constexpr double slack = 1.01, slack_s = 0.01;  // two clocks, read by two processes
  if (facts.wall_s > 0 && sum_s * batch > facts.wall_s * slack + slack_s) {
    return fmt::format(
        "the record's samples last {} s together, longer than the launch of {} s: `total_s` must "
        "be the seconds of one pass, `batch` the passes of a sample",
        sum_s * batch, facts.wall_s);
  }
  return {};
}

}  // namespace scalelaw::harness
