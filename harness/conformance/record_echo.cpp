#include "harness/conformance/record_echo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "harness/conformance/describe_rules.hpp"
#include "harness/results/json_fields.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

constexpr double clock_steps = 1000;  // the least that a sample of an automatic batch lasts

/// `key` must be `expected` where it is given.
void require_same(const json& object, const std::string& key, const json& expected) {
  const auto found = object.find(key);
  if (found == object.end() || *found == expected) return;
  throw Fault{key, fmt::format("is {}, not {}", shown(*found), shown(expected))};
}

void check_identity(const json& header, const AskedFor& asked) {
  require_same(header, "driver", asked.catalogue["driver"]);
  require_same(header, "implementation", asked.catalogue["implementation"]);
  require_same(header, "model", asked.catalogue["model"]["name"]);
  require_same(header, "kernel", asked.kernel);
}

void check_counts(const json& header, const AskedFor& asked) {
  require_same(header, "seed", asked.seed);
  require_same(header, "diagnostics", asked.diagnostics);
  if (asked.own_samples) return;
  require_same(header, "warmups", asked.warmups);
  require_same(header, "samples", asked.samples);
  if (asked.batch > 0) require_same(header, "batch", asked.batch);
}

void check_params(const json& header, const AskedFor& asked) {
  const json& params = field(header, "params", Kind::object);
  within("params", [&] {
    for (const auto& [name, value] : asked.answer["params"].items()) {
      if (!params.contains(name)) throw Fault{name, "is missing"};
      require_same(params, name, value);
    }
  });
}

void check_options(const json& header, const AskedFor& asked) {
  const json& options = field(header, "options", Kind::object);
  const json& described = asked.catalogue["kernels"][asked.kernel]["options"];
  within("options", [&] {
    for (const json& option : described) {
      const auto& name = option["name"].get_ref<const std::string&>();
      if (!options.contains(name)) throw Fault{name, "is missing"};
      if (const std::string fault = fault_of_value(options[name], option); !fault.empty()) {
        throw Fault{name, fault};
      }
      const json& usual = option["default"];
      if (asked.default_options && !usual.is_null()) require_same(options, name, usual);
    }
    for (const auto& [name, value] : options.items()) {
      const bool known = std::ranges::any_of(
          described, [&name = name](const json& option) { return option["name"] == name; });
      if (!known) throw Fault{name, "is not an option that --describe lists"};
    }
  });
}

/// Checks that the work is that of the description.  Memory may differ: ranks that read an input
/// need more.
void check_work(const json& header, const AskedFor& asked) {
  if (!header.contains("work")) return;
  within("work", [&] {
    for (const auto& [key, value] : asked.answer["work"].items()) {
      if (key != "resident_bytes") require_same(header["work"], key, value);
    }
  });
}

void check_team(const json& header, const AskedFor& asked) {
  if (!header.contains("ranks")) return;
  const auto ranks = static_cast<std::int64_t>(header["ranks"].size());
  if (ranks != asked.ranks) {
    throw Fault{"ranks", fmt::format("has {} entries, and the launch had {}", ranks, asked.ranks)};
  }
  each(header["ranks"], "ranks", [&](const json& rank) {
    const auto threads = static_cast<std::int64_t>(rank["threads"].size());
    if (threads == asked.threads) return;
    throw Fault{"threads",
                fmt::format("has {} entries, and the rank was to have {}", threads, asked.threads)};
  });
}

void check_samples(const Record& record, const AskedFor& asked) {
  const auto diagnostic =
      std::ranges::count_if(record.samples, [](const Sample& s) { return s.diagnostic; });
  if (diagnostic != asked.diagnostics) {
    throw Fault{"", fmt::format("the record has {} diagnostic samples, not {}", diagnostic,
                                asked.diagnostics)};
  }
  if (!std::ranges::is_partitioned(record.samples, [](const Sample& s) { return !s.diagnostic; })) {
    throw Fault{"", "a diagnostic sample comes before a timed one"};
  }
  const auto wrong =
      std::ranges::find_if(record.samples, [](const Sample& s) { return !s.verified; });
  if (wrong == record.samples.end()) return;
  throw Fault{"", fmt::format("sample {} is not verified: {}", wrong - record.samples.begin(),
                              wrong->fault.empty() ? "it gives no fault" : wrong->fault)};
}

/// Checks that samples of an automatic batch are long enough for the clock.
void check_batch(const Record& record, const AskedFor& asked) {
  const json& header = record.header;
  if (asked.batch > 0 || !header.contains("timer")) return;
  const double least_s = clock_steps * header["timer"].value("resolution_s", 0.0);
  const auto batch = static_cast<double>(header.value("batch", std::int64_t{1}));
  for (const Sample& sample : record.samples) {
    if (sample.diagnostic || sample.total_s * batch >= least_s) continue;
    throw Fault{"batch", fmt::format("is {}, and a sample lasts {} s, less than {} steps of "
                                     "the clock",
                                     batch, sample.total_s * batch, clock_steps)};
  }
}

}  // namespace

std::string fault_of_echo(const Record& record, const AskedFor& asked) {
  if (!record.fault.empty()) return record.fault;
  const std::string in_header = fault_in([&] {
    check_identity(record.header, asked);
    check_counts(record.header, asked);
    check_params(record.header, asked);
    check_options(record.header, asked);
    check_work(record.header, asked);
    check_team(record.header, asked);
    check_batch(record, asked);
  });
  if (!in_header.empty()) return "header: " + in_header;
  return fault_in([&] { check_samples(record, asked); });
}

}  // namespace scalelaw::harness
