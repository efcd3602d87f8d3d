#include "harness/plan/memory_size.hpp"

#include <fmt/format.h>

#include <charconv>

#include "common/quantity.hpp"

namespace scalelaw::harness {
namespace {

constexpr std::int64_t caches_at_first = 2;
constexpr std::int64_t caches_assumed = 4;
constexpr double hardly_slower = 0.95;

// In the environment of a campaign.
constexpr const char* size_name = "plan.memory_size_bytes";
constexpr const char* why_name = "plan.memory_size_why";
constexpr const char* available_name = "plan.memory_available_bytes";

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, fault] = std::from_chars(text.data(), end, value);
  return fault == std::errc() && at == end ? std::optional(value) : std::nullopt;
}

std::string rate_text(double bytes_per_s, std::int64_t bytes) {
  return fmt::format("{:.3g} GB/s of {}", bytes_per_s / 1e9,
                     format_bytes(static_cast<double>(bytes)));
}

}  // namespace

std::optional<MemorySize> measure_memory_size(const Machine& machine, const ReadRate& rate) {
  if (machine.last_level_cache_bytes <= 0) return std::nullopt;
  const auto fits = [&](std::int64_t bytes) {
    return machine.memory_bytes <= 0 ||
           static_cast<double>(bytes) <= auto_memory_share * machine.memory_bytes;
  };
  const std::string start =
      fmt::format("{} times the last-level cache of {}", caches_at_first,
                  format_bytes(static_cast<double>(machine.last_level_cache_bytes)));
  std::int64_t bytes = caches_at_first * machine.last_level_cache_bytes;
  if (!fits(2 * bytes)) {
    return MemorySize{
        bytes, start + ", not measured, as twice as much would take more than half of the memory"};
  }
  std::optional<double> here = rate(bytes);
  std::string rates = here ? rate_text(*here, bytes) : "";
  for (; here && fits(2 * bytes); bytes *= 2) {
    const std::optional<double> twice = rate(2 * bytes);
    if (!twice) return std::nullopt;
    rates += ", " + rate_text(*twice, 2 * bytes);
    if (*twice >= hardly_slower * *here) {
      return MemorySize{bytes,
                        fmt::format("measured from {}: more is read no slower ({})", start, rates)};
    }
    here = twice;
  }
  if (!here) return std::nullopt;
  return MemorySize{
      bytes, fmt::format("measured from {}: up to half of the memory, more is read slower ({})",
                         start, rates)};
}

void store_planned_memory(const PlannedMemory& memory, Results& results) {
  results.environment[size_name] = fmt::format("{}", memory.size.bytes);
  results.environment[why_name] = memory.size.why;
  results.environment[available_name] = fmt::format("{:.0f}", memory.available_bytes);
}

std::optional<PlannedMemory> stored_planned_memory(const Results& results) {
  const auto text = [&](const char* name) {
    const auto found = results.environment.find(name);
    return found == results.environment.end() ? std::string() : found->second;
  };
  const std::optional<std::int64_t> size = whole_number(text(size_name));
  const std::optional<std::int64_t> available = whole_number(text(available_name));
  if (!size || !available || *size <= 0) return std::nullopt;
  return PlannedMemory{{*size, text(why_name)}, static_cast<double>(*available)};
}

MemorySize assumed_memory_size(const Machine& machine, const std::string& why_not) {
  std::string why = fmt::format("{} times the last-level cache of {}", caches_assumed,
                                format_bytes(static_cast<double>(machine.last_level_cache_bytes)));
  if (!why_not.empty()) why += ", not measured: " + why_not;
  return {caches_assumed * machine.last_level_cache_bytes, std::move(why)};
}

}  // namespace scalelaw::harness
