#include "harness/statistics/observed_summary.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <set>
#include <string>

#include "common/cpu_list.hpp"
#include "harness/results/proven_binding.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// The sums over the timed samples in which a rank, or some ranks, told of one quantity.
struct Told {
  double sum = 0;
  double whole_s = 0;  ///< of its threads, or its processors: their number times the seconds
  bool any = false;

  [[nodiscard]] double share() const { return any ? sum / whole_s : Observed::unknown; }

  void add(const Told& other) {
    sum += other.sum;
    whole_s += other.whole_s;
    any = any || other.any;
  }
};

/// The ranks that a header lists; none where it lists none.
const json& ranks_of(const json& header) {
  static const json none = json::array();
  if (!header.is_object()) return none;
  const auto found = header.find("ranks");
  return found != header.end() && found->is_array() ? *found : none;
}

/// How many threads each rank of a launch has.
std::vector<double> threads_of(const json& header, std::size_t ranks) {
  std::vector<double> out(ranks, 1);
  if (!header.is_object()) return out;
  if (header.contains("placement")) {
    std::fill(out.begin(), out.end(), header["placement"].value("threads", 1.0));
  }
  const json& listed = ranks_of(header);
  for (std::size_t i = 0; i < std::min(ranks, listed.size()); ++i) {
    out[i] = static_cast<double>(listed[i].at("threads").size());
  }
  return out;
}

/// How many processors the steal of a rank is of; NaN: unknown.
double stolen_from(const json& rank) {
  std::set<int> all;
  const auto add = [&all](const json& list) {
    const std::vector<int> cpus = parse_cpu_list(list.get_ref<const std::string&>());
    all.insert(cpus.begin(), cpus.end());
  };
  try {
    if (rank.contains("steal_cpus")) {
      add(rank["steal_cpus"]);
    } else {
      for (const json& thread : rank.at("threads")) add(thread.at("cpus"));
    }
  } catch (const std::exception&) {  // an unknown mask, a missing key
    return Observed::unknown;
  }
  return all.empty() ? Observed::unknown : static_cast<double>(all.size());
}

std::vector<double> processors_of(const json& header, std::size_t ranks) {
  std::vector<double> out(ranks, Observed::unknown);
  const json& listed = ranks_of(header);
  for (std::size_t i = 0; i < std::min(ranks, listed.size()); ++i) out[i] = stolen_from(listed[i]);
  return out;
}

/// How many hosts a launch had; 0: unknown.
std::size_t hosts_of(const json& header) {
  std::set<std::string> hosts;
  for (const json& rank : ranks_of(header)) hosts.insert(rank.at("host").get<std::string>());
  return hosts.size();
}

/// The time that a rank was looked at: that of its process where the sample has one.
double looked_at_s(const RankTimes& rank, const Sample& sample) {
  return std::isnan(rank.process_s) ? sample.total_s : rank.process_s;
}

/// One launch's ranks and timed samples.
class Seen {
 public:
  Seen(const json& header, std::span<const Sample> samples) {
    for (const Sample& sample : samples) {
      if (sample.diagnostic) continue;
      timed_.push_back(&sample);
      ranks_ = std::max(ranks_, sample.ranks.size());
    }
    threads_ = threads_of(header, ranks_);
    processors_ = processors_of(header, ranks_);
    hosts_ = hosts_of(header);
  }

  [[nodiscard]] std::size_t ranks() const { return ranks_; }

  [[nodiscard]] Told of_rank(std::size_t rank, double Observed::*quantity) const {
    const bool of_processors = quantity == &Observed::steal_s;
    const double width = of_processors ? processors_[rank] : threads_[rank];
    Told out;
    if (std::isnan(width)) return out;
    for (const Sample* sample : timed_) {
      if (rank >= sample->ranks.size()) continue;
      const RankTimes& one = sample->ranks[rank];
      if (std::isnan(one.seen.*quantity)) continue;
      out.add({one.seen.*quantity, width * looked_at_s(one, *sample), true});
    }
    return out;
  }

  [[nodiscard]] Told of_all(double Observed::*quantity) const {
    Told out;
    for (std::size_t rank = 0; rank < ranks_; ++rank) out.add(of_rank(rank, quantity));
    return out;
  }

  /// The sum of one quantity by that of another, where a rank tells both of a sample.
  [[nodiscard]] double ratio(double Observed::*above, double Observed::*below) const {
    double sum_above = 0, sum_below = 0;
    for (const Sample* sample : timed_) {
      for (const RankTimes& rank : sample->ranks) {
        if (std::isnan(rank.seen.*above) || std::isnan(rank.seen.*below)) continue;
        sum_above += rank.seen.*above;
        sum_below += rank.seen.*below;
      }
    }
    return sum_below > 0 ? sum_above / sum_below : Observed::unknown;
  }

  [[nodiscard]] double largest_share(double Observed::*quantity) const {
    double out = Observed::unknown;
    for (std::size_t i = 0; i < ranks_; ++i) out = std::fmax(out, of_rank(i, quantity).share());
    return out;
  }

  /// Per pass, the sum over the ranks: the mean of the samples in which `tellers` ranks tell.
  [[nodiscard]] double per_pass(double Observed::*quantity, std::size_t tellers) const {
    double sum = 0, samples = 0;
    for (const Sample* sample : timed_) {
      std::size_t telling = 0;
      double of_sample = 0;
      for (const RankTimes& rank : sample->ranks) {
        if (std::isnan(rank.seen.*quantity)) continue;
        of_sample += rank.seen.*quantity;
        ++telling;
      }
      if (telling == 0 || telling != tellers) continue;
      sum += of_sample;
      ++samples;
    }
    return samples > 0 ? sum / samples : Observed::unknown;
  }

  /// The peak of each rank in bytes; NaN: unknown.
  [[nodiscard]] std::vector<double> peaks() const {
    std::vector<double> out(ranks_, Observed::unknown);
    for (const Sample* sample : timed_) {
      for (std::size_t i = 0; i < sample->ranks.size(); ++i) {
        const std::int64_t bytes = sample->ranks[i].peak_bytes;
        if (bytes >= 0) out[i] = std::fmax(out[i], static_cast<double>(bytes));
      }
    }
    return out;
  }

  [[nodiscard]] std::size_t hosts() const { return hosts_; }

 private:
  std::vector<const Sample*> timed_;
  std::size_t ranks_ = 0, hosts_ = 0;
  std::vector<double> threads_, processors_;  ///< of each rank
};

}  // namespace

ObservedSummary observed_of(const json& header, std::span<const Sample> samples) {
  const Seen seen(header, samples);
  ObservedSummary out;
  const std::vector<double> peaks = seen.peaks();
  if (!peaks.empty()) {
    out.peak_bytes = 0;
    for (const double bytes : peaks) {  // unknown when one is
      out.peak_bytes += bytes;
      out.largest_peak_bytes = std::fmax(out.largest_peak_bytes, bytes);
    }
  }
  out.steal_share = seen.largest_share(&Observed::steal_s);
  out.queued_share = seen.largest_share(&Observed::queued_s);
  out.switches_per_s = seen.of_all(&Observed::involuntary_switches).share();
  out.major_faults = seen.per_pass(&Observed::major_faults, seen.ranks());
  out.clock_hz = seen.ratio(&Observed::cycles, &Observed::counted_s);
  out.instructions_per_cycle = seen.ratio(&Observed::instructions, &Observed::cycles);
  out.energy_j = seen.per_pass(&Observed::energy_j, seen.hosts());
  return out;
}

ObservedSummary medians_of(const std::vector<ObservedSummary>& launches) {
  ObservedSummary out;
  for (const auto& [name, quantity] : observed_summary_quantities) {
    std::vector<double> told;
    for (const ObservedSummary& launch : launches) {
      if (!std::isnan(launch.*quantity)) told.push_back(launch.*quantity);
    }
    if (!told.empty()) out.*quantity = median(told);
  }
  return out;
}

double lost_share(const json& header, std::span<const Sample> samples, bool oversubscribed) {
  constexpr double rounding_s = 0.02;
  const Seen seen(header, samples);
  const double batch = header.is_object() ? header.value("batch", 1.0) : 1.0;
  const bool own_processors = !oversubscribed && proves_binding(header);
  double out = Observed::unknown;
  for (std::size_t rank = 0; rank < seen.ranks(); ++rank) {
    Told steal = seen.of_rank(rank, &Observed::steal_s);
    steal.sum = std::max(0.0, steal.sum - rounding_s / batch);
    const Told queued = own_processors ? seen.of_rank(rank, &Observed::queued_s) : Told{};
    if (!steal.any && !queued.any) continue;
    const double lost = (steal.any ? steal.share() : 0) + (queued.any ? queued.share() : 0);
    out = std::fmax(out, lost);
  }
  return out;
}

}  // namespace scalelaw::harness
