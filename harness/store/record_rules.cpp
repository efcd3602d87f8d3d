#include "harness/store/record_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "common/cpu_list.hpp"
#include "common/error.hpp"
#include "common/field.hpp"
#include "common/observed.hpp"
#include "harness/results/json_fields.hpp"
#include "harness/results/timer_span.hpp"
#include "harness/store/record.hpp"
#include "harness/store/work_rules.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

constexpr std::int64_t known_schema = 2;

/// Checks the CPU list of `key`; `masks`: those found right, as most ranks share a few.
void check_cpus(const std::string& cpus, const char* key, std::set<std::string>& masks) {
  if (cpus == "unknown" || masks.contains(cpus)) return;
  try {
    parse_cpu_list(cpus);
  } catch (const Error&) {
    throw Fault{key, fmt::format("must be a CPU list like 0-3,8, not {}", shown(cpus))};
  }
  masks.insert(cpus);
}

void check_thread(const json& thread, std::int64_t number, std::set<std::string>& masks) {
  require_kind(thread, "", Kind::object);
  const auto told = field(thread, "thread", Kind::whole).get<std::int64_t>();
  if (told != number) throw Fault{"thread", fmt::format("must be {}, not {}", number, told)};
  const auto& cpus = field(thread, "cpus", Kind::text).get_ref<const std::string&>();
  optional_field(thread, "last_cpu", Kind::whole);
  check_cpus(cpus, "cpus", masks);
}

void check_rank(const json& rank, std::int64_t number, std::set<std::string>& masks) {
  require_kind(rank, "", Kind::object);
  const auto told = field(rank, "rank", Kind::whole).get<std::int64_t>();
  if (told != number) throw Fault{"rank", fmt::format("must be {}, not {}", number, told)};
  if (field(rank, "host", Kind::text) == "") throw Fault{"host", "must not be empty"};
  optional_field(rank, "pid", Kind::whole);
  if (const json* cpus = optional_field(rank, "steal_cpus", Kind::text)) {
    check_cpus(cpus->get_ref<const std::string&>(), "steal_cpus", masks);
  }
  const json& threads = field(rank, "threads", Kind::list);
  if (threads.empty()) throw Fault{"threads", "must not be empty"};
  for (std::size_t i = 0; i < threads.size(); ++i) {
    within(fmt::format("threads[{}]", i),
           [&] { check_thread(threads[i], static_cast<std::int64_t>(i), masks); });
  }
}

/// Checks that facts which the header states twice agree.
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

/// Checks the options of the kernel: each is a single value.
void check_options(const json& header) {
  const json* options = optional_field(header, "options", Kind::object);
  if (options == nullptr) return;
  within("options", [&] {
    for (const auto& [name, value] : options->items()) {
      if (value.is_string() || value.is_number() || value.is_boolean()) continue;
      throw Fault{name,
                  fmt::format("must be a text, a number or true or false, not {}", shown(value))};
    }
  });
}

void check_phase(const json& phase, std::set<std::string>& names) {
  require_kind(phase, "", Kind::object);
  const auto& name = field(phase, "name", Kind::text).get_ref<const std::string&>();
  require_name(name);
  if (!names.insert(name).second) throw Fault{"name", "is that of another phase: " + shown(name)};
  const auto& role = field(phase, "role", Kind::text).get_ref<const std::string&>();
  const auto roles = enum_names(Role{});
  if (std::find(roles.begin(), roles.end(), role) != roles.end()) return;
  throw Fault{"role", fmt::format("must be one of {}, not {}", list_names<Role>(), shown(role))};
}

void check_phases(const json& header) {
  const json* phases = optional_field(header, "phases", Kind::list);
  if (phases == nullptr) return;
  if (phases->size() > most_names) {
    throw Fault{"phases", fmt::format("has {} entries, more than {}", phases->size(), most_names)};
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < phases->size(); ++i) {
    within(fmt::format("phases[{}]", i), [&] { check_phase((*phases)[i], names); });
  }
}

void check_timer(const json& header) {
  const json* timer = optional_field(header, "timer", Kind::object);
  if (timer == nullptr) return;
  within("timer", [&] {
    optional_field(*timer, "name", Kind::text);
    if (const json* span = optional_field(*timer, "span", Kind::text)) {
      const auto spans = enum_names(TimerSpan{});
      if (std::find(spans.begin(), spans.end(), *span) == spans.end()) {
        throw Fault{"span", fmt::format("must be one of {}, not {}", list_names<TimerSpan>(),
                                        shown(*span))};
      }
    }
    for (const char* key : {"resolution_s", "overhead_s"}) {
      if (timer->contains(key)) duration(*timer, key);
    }
  });
}

void check_choice(const json& header, const char* key, const std::vector<std::string>& choices) {
  const json* value = optional_field(header, key, Kind::text);
  if (value == nullptr || std::ranges::count(choices, value->get<std::string>()) > 0) return;
  throw Fault{key, fmt::format("must be {}, not {}", fmt::join(choices, " or "), shown(*value))};
}

void check_tolerance(const json& header) {
  const json* tolerance = optional_field(header, "tolerance", Kind::number);
  if (tolerance == nullptr || *tolerance >= 0) return;
  throw Fault{"tolerance", fmt::format("must be at least 0, not {}", shown(*tolerance))};
}

void check_tuning(const json& header) {
  const json* tuning = optional_field(header, "tuning", Kind::object);
  if (tuning == nullptr) return;
  within("tuning", [&] {
    for (const char* key : {"loop", "source"}) field(*tuning, key, Kind::text);
    at_least(0, field(*tuning, "prefetch_bytes", Kind::whole), "prefetch_bytes");
    if (const json* places = optional_field(*tuning, "places", Kind::whole)) {
      at_least(1, *places, "places");
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
  for (const char* key : {"implementation", "isa", "verification"}) {
    optional_field(header, key, Kind::text);
  }
  optional_field(header, "seed", Kind::whole);
  for (const char* key : {"warmups", "samples", "diagnostics"}) {
    if (const json* count = optional_field(header, key, Kind::whole)) at_least(0, *count, key);
  }
  if (const json* batch = optional_field(header, "batch", Kind::whole))
    at_least(1, *batch, "batch");
  if (const json* params = optional_field(header, "params", Kind::object)) {
    require_few(*params, "params", "point");
  }
  check_options(header);
  check_tuning(header);
  check_phases(header);
  for (const char* key : {"build", "observed", "unobserved"}) require_texts(header, key);
  if (header.contains("mpi") && !header["mpi"].is_null()) require_texts(header, "mpi");
  check_timer(header);
  if (const json* work = optional_field(header, "work", Kind::object)) {
    within("work", [&] { check_work(*work); });
  }
  check_choice(header, "binding", {"asked", "observed"});
  check_choice(header, "agreement", {"sample", "point", "placements", "kernel"});
  check_tolerance(header);
  check_ranks(header);
  require_storable(header);
}

/// A rank has the phases that the header lists, and no others.
void check_phase_times(const json& rank, const json& phases, double total_s) {
  const json& times = field(rank, "phases_s", Kind::object);
  within("phases_s", [&] {
    for (const json& phase : phases) {
      const auto& name = phase["name"].get_ref<const std::string&>();
      require_inside(duration(times, name.c_str()), total_s, name, "the total");
    }
    for (const auto& [name, value] : times.items()) {
      const auto is_it = [&](const json& phase) { return phase["name"] == name; };
      if (std::none_of(phases.begin(), phases.end(), is_it)) {
        throw Fault{shown(name), "is not a phase that the header lists"};
      }
    }
  });
}

/// `listed`: the rank's entry in the header, or nullptr.
void check_busy(const json& busy, const json* listed, double total_s) {
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
}

/// Checks a rank's times.  A driver that lists no phases may omit some of them.
void check_rank_times(const json& rank, double sample_s, const json& header, const json* listed) {
  require_kind(rank, "", Kind::object);
  const double total_s = duration(rank, "total_s");
  require_inside(total_s, sample_s, "total_s", "the sample");
  static const json none = json::array();
  const auto listed_phases = header.find("phases");
  const json& phases = listed_phases == header.end() ? none : *listed_phases;
  const bool told = !phases.empty();
  if (told || rank.contains("phases_s")) check_phase_times(rank, phases, total_s);
  if (told || rank.contains("busy_s")) {
    check_busy(field(rank, "busy_s", Kind::list), listed, total_s);
  }
  // A rank that sends its part and is done may end long before the slowest one, whose end wait_s
  // refers to.
  if (told || rank.contains("wait_s")) {
    require_inside(duration(rank, "wait_s"), sample_s, "wait_s", "the sample");
  }
}

/// What a rank's process took, where a driver starts one for each sample, and what was seen of it.
void check_use(const json& rank) {
  for (const char* key : {"process_s", "user_s", "system_s"}) {
    if (rank.contains(key)) duration(rank, key);
  }
  for (const auto& [name, member] : observed_quantities) {
    const std::string key(name);
    const json* value = optional_field(rank, key.c_str(), Kind::number);
    if (value == nullptr || (std::isfinite(value->get<double>()) && *value >= 0)) continue;
    throw Fault{key, fmt::format("must be at least 0, not {}", shown(*value))};
  }
  if (const json* bytes = optional_field(rank, "peak_bytes", Kind::whole)) {
    at_least(0, *bytes, "peak_bytes");
  }
}

bool has_items(const json& header) {
  return header.contains("work") && header["work"].contains("items");
}

/// Checks how many items the rank had.  A driver whose header does not give their total may omit
/// this.
std::int64_t items_of(const json& rank, const json& header) {
  if (!has_items(header) && !rank.contains("items")) return 0;
  return at_least(0, field(rank, "items", Kind::whole), "items");
}

/// Checks that the ranks' items add up to the header's total, where it gives one.  In a sample of
/// several passes, each rank's items are a mean, rounded down.
void check_items(const std::vector<std::int64_t>& of_ranks, const json& header) {
  if (!has_items(header)) return;
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
      check_rank_times(ranks[i], total_s, header, listed == header.end() ? nullptr : &(*listed)[i]);
      check_use(ranks[i]);
      items.push_back(items_of(ranks[i], header));
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
  const double total_s = duration(sample, "total_s");
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
  // The end counts the samples that --samples requested; diagnostic samples are additional.
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
