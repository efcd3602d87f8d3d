#include "drivers/pass/times.hpp"

#include <algorithm>
#include <limits>

namespace scalelaw::driver {

PassTimes& PassTimes::operator+=(const PassTimes& other) {
  distribute_s += other.distribute_s;
  prepare_s += other.prepare_s;
  compute_s += other.compute_s;
  wait_s += other.wait_s;
  combine_s += other.combine_s;
  finish_s += other.finish_s;
  computed_s += other.computed_s;
  total_s += other.total_s;
  busy_s.resize(std::max(busy_s.size(), other.busy_s.size()));
  for (std::size_t i = 0; i < other.busy_s.size(); ++i) busy_s[i] += other.busy_s[i];
  items += other.items;
  return *this;
}

PassTimes& PassTimes::operator/=(double passes) {
  for (double* value : {&distribute_s, &prepare_s, &compute_s, &wait_s, &combine_s, &finish_s,
                        &computed_s, &total_s}) {
    *value /= passes;
  }
  for (double& value : busy_s) value /= passes;
  items = static_cast<std::int64_t>(static_cast<double>(items) / passes);
  return *this;
}

Timer measure_timer() {
  constexpr double unknown = std::numeric_limits<double>::max();
  constexpr int least = 2000;
  Timer timer{unknown, 0};
  const double begin = now_s();
  double last = begin;
  int readings = 0;
  for (; readings < least || timer.resolution_s == unknown; ++readings) {  // until it has moved
    const double now = now_s();
    if (now > last) timer.resolution_s = std::min(timer.resolution_s, now - last);
    last = now;
  }
  timer.overhead_s = (last - begin) / readings;
  return timer;
}

}  // namespace scalelaw::driver
