#include "harness/exchange/placed.hpp"

#include <fmt/format.h>

#include "common/error.hpp"
#include "harness/exchange/import_command.hpp"

namespace scalelaw::harness {
namespace {

using Count = std::optional<std::int64_t>;

Count count_of(const Measurement& measurement, Meaning meaning) {
  const auto found = measurement.counts.find(meaning);
  return found == measurement.counts.end() ? std::nullopt : std::optional(found->second);
}

/// a / b, which must be whole.
std::int64_t shared(std::int64_t a, const char* what, std::int64_t b, const char* among) {
  if (a % b == 0) return a / b;
  throw Error(fmt::format("{} {} cannot be spread evenly over {} {}", a, what, b, among),
              "correct one of the two numbers");
}

void require_equal(std::int64_t product, const std::string& of, std::int64_t stated,
                   const char* what) {
  if (product == stated) return;
  throw Error(fmt::format("{} are {}, and not {} {}", of, product, stated, what),
              "correct the number that is wrong, or remove its column");
}

/// The ranks on all nodes, if ranks are stated in any way.
Count stated_ranks(const Measurement& m) {
  const Count ranks = count_of(m, Meaning::ranks), nodes = count_of(m, Meaning::nodes);
  const Count per_node = count_of(m, Meaning::ranks_per_node);
  if (!per_node) return ranks;
  if (nodes && ranks) {
    require_equal(*nodes * *per_node, fmt::format("{} nodes with {} ranks each", *nodes, *per_node),
                  *ranks, "ranks");
  }
  if (ranks) return ranks;
  return nodes.value_or(1) * *per_node;
}

/// How to say which parameter is the number of workers.
std::string workers_hint(const Measurement& m, const ImportOptions& options) {
  for (const auto& [name, value] : m.params.items()) {
    if (!value.is_number_integer() || value.get<std::int64_t>() < 1) continue;
    return fmt::format("if '{}' is the number of workers: {}", name,
                       import_command(options, {"--column", "workers=" + name}));
  }
  return "give the file a column or parameter such as workers, ranks or threads";
}

}  // namespace

Placement placement_of(const Measurement& m, const ImportOptions& options) {
  const Count workers = count_of(m, Meaning::workers), threads = count_of(m, Meaning::threads);
  const Count per_node = count_of(m, Meaning::ranks_per_node);
  Count nodes = count_of(m, Meaning::nodes), ranks = stated_ranks(m);
  if (!workers && !threads && !nodes && !ranks) {
    throw Error("nothing says the number of workers", workers_hint(m, options));
  }
  Placement out;
  if (ranks && per_node && !nodes) nodes = shared(*ranks, "ranks", *per_node, "ranks per node");
  out.nodes = nodes.value_or(1);
  if (!ranks && workers)
    ranks = shared(*workers, "workers", threads.value_or(1), "threads per rank");
  if (!ranks) ranks = out.nodes;
  out.threads = threads ? *threads : workers ? shared(*workers, "workers", *ranks, "ranks") : 1;
  out.ranks_per_node = shared(*ranks, "ranks", out.nodes, "nodes");
  if (workers) {
    require_equal(out.workers(), fmt::format("{} ranks x {} threads", out.ranks(), out.threads),
                  *workers, "workers");
  }
  return out;
}

std::string model_of(const Measurement& m) {
  const bool ranks = count_of(m, Meaning::ranks) || count_of(m, Meaning::ranks_per_node);
  const bool threads = count_of(m, Meaning::threads).has_value();
  if (ranks && threads) return "ranks+threads";
  if (threads) return count_of(m, Meaning::nodes) ? "nodes+threads" : "threads";
  if (ranks) return "ranks";
  return count_of(m, Meaning::workers) ? "workers" : "nodes";
}

}  // namespace scalelaw::harness
