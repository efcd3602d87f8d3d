#include "drivers/pass/times.hpp"

#include <algorithm>
#include <limits>

namespace scalelaw::driver {

namespace {

/// Adds entry by entry; missing entries count as 0.
void add(std::vector<double>& sum, const std::vector<double>& other) {
  sum.resize(std::max(sum.size(), other.size()));
  for (std::size_t i = 0; i < other.size(); ++i) sum[i] += other[i];
}

}  // namespace

PassTimes& PassTimes::operator+=(const PassTimes& other) {
  add(phases_s, other.phases_s);
  add(busy_s, other.busy_s);
  wait_s += other.wait_s;
  computed_s += other.computed_s;
  total_s += other.total_s;
  items += other.items;
  return *this;
}

PassTimes& PassTimes::operator/=(double passes) {
  for (double* value : {&wait_s, &computed_s, &total_s}) *value /= passes;
  for (std::vector<double>* values : {&phases_s, &busy_s}) {
    for (double& value : *values) value /= passes;
  }
  items = static_cast<std::int64_t>(static_cast<double>(items) / passes);
  return *this;
}

void end_items(PassTimes& times, Comm& comm, double start_s, bool diagnostic) {
  times.computed_s = comm.now_s() - start_s;
  if (!diagnostic) return;
  comm.barrier();
  times.wait_s = comm.now_s() - start_s - times.computed_s;
}

Timer measure_timer(const Comm& comm) {
  constexpr double unknown = std::numeric_limits<double>::max();
  constexpr int least = 2000;
  Timer timer{unknown, 0};
  const double begin = comm.now_s();
  double last = begin;
  int readings = 0;
  for (; readings < least || timer.resolution_s == unknown; ++readings) {  // until it has moved
    const double now = comm.now_s();
    if (now > last) timer.resolution_s = std::min(timer.resolution_s, now - last);
    last = now;
  }
  timer.overhead_s = (last - begin) / readings;
  return timer;
}

}  // namespace scalelaw::driver
