#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace scalelaw {

// A record as in docs/record.md, of dot_product on two ranks with two threads each.

inline nlohmann::json valid_header() {
  nlohmann::json ranks = nlohmann::json::array();
  for (int rank = 0; rank < 2; ++rank) {
    nlohmann::json threads = nlohmann::json::array();
    for (int thread = 0; thread < 2; ++thread) {
      const int cpu = 2 * rank + thread;
      threads.push_back({{"thread", thread}, {"cpus", std::to_string(cpu)}, {"last_cpu", cpu}});
    }
    ranks.push_back({{"rank", rank}, {"host", "a"}, {"pid", 7}, {"threads", std::move(threads)}});
  }
  return {
      {"record", "header"},
      {"schema", 2},
      {"driver", "scalelaw-hybrid"},
      {"implementation", "scalelaw"},
      {"kernel", "dot_product"},
      {"model", "hybrid"},
      {"params", {{"length", 1000}, {"type", "f64"}}},
      {"seed", 3},
      {"isa", "avx2"},
      {"tuning", {{"loop", "dot_f64"}, {"prefetch_bytes", 256}, {"places", 1}, {"source", "zen3"}}},
      {"options", {{"schedule", "static"}, {"chunk", 0}, {"overlap", false}}},
      {"phases",
       {{{"name", "prepare"}, {"role", "serial"}},
        {{"name", "compute"}, {"role", "parallel"}},
        {{"name", "combine"}, {"role", "transfer"}}}},
      {"placement", {{"nodes", 1}, {"ranks", 2}, {"threads", 2}}},
      {"ranks", std::move(ranks)},
      {"work", {{"items", 10}, {"operations", 2e3}, {"unit", "bytes"}, {"memory_bound", true}}},
      {"warmups", 1},
      {"samples", 2},
      {"diagnostics", 0},
      {"batch", 1},
      {"timer", {{"name", "steady_clock"}, {"resolution_s", 2e-8}, {"overhead_s", 2e-8}}},
      {"build", {{"version", "0.1"}, {"revision", "abc"}}},
      {"mpi", {{"library", "Open MPI"}, {"thread_level", "funneled"}}},
      {"verification", "known_answer"}};
}

inline nlohmann::json valid_sample(std::int64_t index) {
  nlohmann::json ranks = nlohmann::json::array();
  for (int rank = 0; rank < 2; ++rank) {
    ranks.push_back({{"phases_s", {{"prepare", 0.1}, {"compute", 0.3}, {"combine", 0.1}}},
                     {"wait_s", 0.0},
                     {"total_s", 0.5},
                     {"busy_s", {0.3, 0.25}},
                     {"items", 5}});
  }
  return {{"record", "sample"},
          {"index", index},
          {"diagnostic", false},
          {"total_s", 0.5},
          {"ranks", std::move(ranks)},
          {"stages", {{{"stage", "read"}, {"busy_s", 0.2}}}},
          {"facts", {{"sum", "0x1p+3"}}},
          {"verified", true},
          {"fault", ""}};
}

inline nlohmann::json valid_end(std::int64_t samples) {
  return {{"record", "end"}, {"samples", samples}, {"verified", true}};
}

inline std::string record_text(const std::vector<nlohmann::json>& lines) {
  std::string text;
  for (const nlohmann::json& line : lines) text += line.dump() + "\n";
  return text;
}

}  // namespace scalelaw
