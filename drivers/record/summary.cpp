#include "drivers/record/summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/quantity.hpp"

namespace scalelaw::driver {
namespace {

std::string counted(int n, const char* noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

/// "12.3 GB/s", "1.2 Mpixel/s".
std::string rate(double per_second, std::string_view unit) {
  std::string name(unit);
  if (name == "bytes") return fmt::format("{:.2f} GB/s", per_second / 1e9);
  if (name == "pixels") return fmt::format("{:.1f} Mpixel/s", per_second / 1e6);
  return fmt::format("{:.3g} {}/s", per_second, name);
}

/// Busy time per stage over all threads and ranks, and how many stages ran at once on average.
std::string stages_text(const nlohmann::json& sample) {
  double busy_s = 0;
  std::string text;
  for (const nlohmann::json& stage : sample.at("stages")) {
    const double stage_s = stage.at("busy_s");
    busy_s += stage_s;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                        stage.at("stage").get_ref<const std::string&>(), format_seconds(stage_s));
  }
  return fmt::format("  {:<18}{} (busy, last sample)\n", "stages", text) +
         fmt::format("  {:<18}{:.2f} stages at once\n", "overlap",
                     busy_s / sample.at("total_s").get<double>());
}

}  // namespace

void Summary::add(const nlohmann::json& sample) {
  if (!sample.at("diagnostic").get<bool>()) totals_.push_back(sample.at("total_s"));
  last_ = sample;
  if (fault_.empty()) fault_ = sample.at("fault").get<std::string>();
}

std::string Summary::text(const Identity& identity, const Options& options, const Subject& subject,
                          int threads, int ranks) const {
  std::string out = fmt::format(
      "{}: {}, {}, {}, {}\n", subject.kernel, identity.model.name, counted(ranks, "rank"),
      counted(threads, "thread") + (ranks > 1 ? " each" : ""), to_string(isa_of(subject)));
  if (last_.is_null()) return out;
  const auto add = [&out](std::string_view name, std::string_view value) {
    out += fmt::format("  {:<18}{}\n", name, value);
  };
  for (const auto& [name, value] : last_.at("facts").items()) add(name, value.get<std::string>());
  if (!totals_.empty()) {
    std::vector<double> sorted = totals_;
    std::sort(sorted.begin(), sorted.end());
    const std::size_t n = sorted.size();
    const double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    add("time", fmt::format("{} (median of {}; {} to {})", format_seconds(median), n,
                            format_seconds(sorted.front()), format_seconds(sorted.back())));
    add("rate", rate(subject.work.amount / median, subject.work.unit));
    if (last_.contains("stages")) out += stages_text(last_);
  }
  add("result", !fault_.empty()  ? "WRONG: " + fault_
                : subject.verify ? "verified"
                                 : "the same in every sample (no known answer)");
  if (!options.record.empty()) add("record", options.record);
  return out;
}

}  // namespace scalelaw::driver
