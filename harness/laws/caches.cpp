#include "harness/laws/caches.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace scalelaw::harness {
namespace {

/// The total of a text such as "2 x 1048576 bytes"; 0 for a text of another form.
double total_bytes(const std::map<std::string, std::string>& environment, const char* name) {
  const auto found = environment.find(name);
  double count = 0, size = 0;
  if (found == environment.end()) return 0;
  if (std::sscanf(found->second.c_str(), "%lf x %lf bytes", &count, &size) != 2) return 0;
  return count * size;
}

double cores(const std::map<std::string, std::string>& environment) {
  const auto found = environment.find("topology.cores");
  return found == environment.end() ? 0 : std::atof(found->second.c_str());
}

/// The bytes that a pass uses again and again; nothing where they do not matter or are unknown.
std::optional<double> bytes_of(const Point& point) {
  if (!point.work.is_object() || !point.work.value("memory_bound", false)) return std::nullopt;
  const double bytes = point.work.value("resident_bytes", 0.0);
  return bytes > 0 ? std::optional(bytes) : std::nullopt;
}

}  // namespace

std::optional<Caches> caches_of(const std::map<std::string, std::string>& environment) {
  Caches caches;
  caches.cores = cores(environment);
  if (!(caches.cores > 0)) return std::nullopt;
  caches.own_bytes = total_bytes(environment, "topology.l2") / caches.cores;
  caches.shared_bytes = total_bytes(environment, "topology.l3");
  if (!(caches.own_bytes > 0 || caches.shared_bytes > 0)) return std::nullopt;
  return caches;
}

CacheLevel level_of(const Caches& caches, double bytes, double workers) {
  if (bytes / workers <= caches.own_bytes) return CacheLevel::private_caches;
  return bytes <= caches.shared_bytes ? CacheLevel::shared_cache : CacheLevel::memory;
}

std::optional<CacheLevel> level_of(const Caches& caches, const Point& point) {
  const auto bytes = bytes_of(point);
  if (!bytes) return std::nullopt;
  const auto nodes = static_cast<double>(point.placement.nodes);
  return level_of(caches, *bytes / nodes, static_cast<double>(point.placement.workers()) / nodes);
}

std::optional<CacheLevel> level_at(const Caches& caches, const Point& point, double workers) {
  const auto bytes = bytes_of(point);
  if (!bytes) return std::nullopt;
  const bool weak = point.scaling == Scaling::weak;
  const double work = weak ? workers / static_cast<double>(point.placement.workers()) : 1;
  const double nodes = std::max(1.0, std::ceil(workers / caches.cores));
  return level_of(caches, *bytes * work / nodes, workers / nodes);
}

}  // namespace scalelaw::harness
