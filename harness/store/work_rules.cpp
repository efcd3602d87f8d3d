#include "harness/store/work_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "harness/results/json_fields.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

void require_one_of(const json& value, const char* key,
                    std::initializer_list<std::string_view> names) {
  require_kind(value, key, Kind::text);
  if (std::ranges::find(names, value.get_ref<const std::string&>()) != names.end()) return;
  throw Fault{key, fmt::format("must be one of {}, not {}", fmt::join(names, ", "), shown(value))};
}

void check_communication(const json& one) {
  require_kind(one, "", Kind::object);
  field(one, "phase", Kind::text);
  require_one_of(field(one, "operation", Kind::text), "operation",
                 {"barrier", "allreduce", "reduce", "broadcast", "scatter", "gather", "ping_pong"});
  for (const char* key : {"rank_bytes", "shared_bytes"}) {
    const json* amount = optional_field(one, key, Kind::number);
    if (amount != nullptr && amount->get<double>() < 0) {
      throw Fault{key, fmt::format("must not be negative, but is {}", shown(*amount))};
    }
  }
  optional_field(one, "shared_fact", Kind::text);
  const json* between = optional_field(one, "fact_between_hosts", Kind::truth);
  if (between != nullptr && between->get<bool>() &&
      (one["operation"] != "gather" || one.value("shared_fact", "").empty())) {
    throw Fault{"fact_between_hosts", "is only for a gather with a `shared_fact`"};
  }
  if (const json* count = optional_field(one, "count", Kind::whole)) at_least(1, *count, "count");
}

}  // namespace

void check_work(const json& work) {
  if (const json* items = optional_field(work, "items", Kind::whole)) at_least(0, *items, "items");
  for (const char* key : {"operations", "flops", "compulsory_bytes", "resident_bytes", "amount"}) {
    const json* amount = optional_field(work, key, Kind::number);
    if (amount != nullptr && amount->get<double>() < 0) {
      throw Fault{key, fmt::format("must not be negative, but is {}", shown(*amount))};
    }
  }
  if (const json* demands = optional_field(work, "demands", Kind::object)) {
    within("demands", [&] {
      for (const auto& demand : demands->items()) {
        const double amount = field(*demands, demand.key().c_str(), Kind::number).get<double>();
        if (amount >= 0) continue;
        throw Fault{demand.key(), fmt::format("must not be negative, but is {}", amount)};
      }
    });
  }
  for (const char* key : {"unit", "task"}) optional_field(work, key, Kind::text);
  for (const char* key : {"memory_bound", "diagnostics"}) optional_field(work, key, Kind::truth);
  if (work.contains("exchange")) {
    require_one_of(work["exchange"], "exchange", {"reduce", "scatter", "other"});
  }
  if (work.contains("samples")) require_one_of(work["samples"], "samples", {"asked", "own"});
  if (const json* all = optional_field(work, "communication", Kind::list)) {
    for (std::size_t i = 0; i < all->size(); ++i) {
      within(fmt::format("communication[{}]", i), [&] { check_communication((*all)[i]); });
    }
  }
  if (const json* holds = optional_field(work, "holds", Kind::object)) {
    within("holds", [&] {
      for (const char* rank : {"root", "others"}) {
        require_one_of(field(*holds, rank, Kind::text), rank, {"whole", "share", "nothing"});
      }
    });
  }
}

}  // namespace scalelaw::harness
