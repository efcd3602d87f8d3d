#include "harness/simulate/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

constexpr std::size_t most_steps = 4;

/// A time to fit, and the time that its error is relative to.
struct Target {
  double bytes = 0, seconds = 0, whole_s = 0;
};

/// A step through some sizes, and the sum of its squared relative errors.
struct FittedStep {
  MessageStep step;
  double squares = 0;
};

double squares_of(const MessageStep& step, const Target* first, const Target* end) {
  double sum = 0;
  for (const Target* at = first; at != end; ++at) {
    sum += std::pow((step.seconds(at->bytes) - at->seconds) / at->whole_s, 2);
  }
  return sum;
}

/// Least squares of relative errors: of a + b m, without negative a or b.
FittedStep fit_step(const Target* first, const Target* end) {
  double aa = 0, ab = 0, bb = 0, at = 0, bt = 0;  // sums of products of 1, m and the time
  for (const Target* one = first; one != end; ++one) {
    const double weight = 1 / (one->whole_s * one->whole_s), m = one->bytes;
    aa += weight;
    ab += weight * m;
    bb += weight * m * m;
    at += weight * one->seconds;
    bt += weight * m * one->seconds;
  }
  const double determinant = aa * bb - ab * ab;
  MessageStep step{.from_bytes = first->bytes};
  if (determinant > 0) {
    step.latency_s = (at * bb - bt * ab) / determinant;
    step.seconds_per_byte = (aa * bt - ab * at) / determinant;
  }
  if (!(step.latency_s > 0)) {
    step.latency_s = 0;
    step.seconds_per_byte = bt / bb;
  } else if (!(step.seconds_per_byte > 0)) {
    step.latency_s = at / aa;
    step.seconds_per_byte = 0;
  }
  return {step, squares_of(step, first, end)};
}

/// The best division of the first `count` sizes into `steps` steps.
struct Division {
  double squares = std::numeric_limits<double>::infinity();
  std::vector<MessageStep> steps;
};

Division divide(const std::vector<Target>& times, std::size_t count, std::size_t steps) {
  Division best;
  if (count < steps * fewest_sizes) return best;
  if (steps == 1) {
    const FittedStep fit = fit_step(times.data(), times.data() + count);
    return {fit.squares, {fit.step}};
  }
  for (std::size_t cut = (steps - 1) * fewest_sizes; cut + fewest_sizes <= count; ++cut) {
    const FittedStep last = fit_step(times.data() + cut, times.data() + count);
    if (last.squares >= best.squares) continue;
    Division rest = divide(times, cut, steps - 1);
    if (rest.squares + last.squares >= best.squares) continue;
    best = std::move(rest);
    best.squares += last.squares;
    best.steps.push_back(last.step);
  }
  return best;
}

/// Two parameters a step, and where it begins.
double criterion(const Division& division, std::size_t count) {
  constexpr double exact = 1e-12;  // of squares: rounding
  const auto n = static_cast<double>(count);
  const double parameters = 3.0 * static_cast<double>(division.steps.size()) - 1;
  return n * std::log(std::max(exact, division.squares / n)) + parameters * std::log(n);
}

/// The best steps that `fits` accepts; none when there are too few sizes, or none fit.
std::vector<MessageStep> fit_steps(const std::vector<Target>& times,
                                   bool (*fits)(const std::vector<MessageStep>&)) {
  std::vector<MessageStep> best;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t steps = 1; steps <= most_steps; ++steps) {
    Division division = divide(times, times.size(), steps);
    if (division.steps.empty() || !fits(division.steps)) continue;
    const double score = criterion(division, times.size());
    if (score >= least) continue;
    least = score;
    best = std::move(division.steps);
  }
  if (!best.empty()) best.front().from_bytes = 0;
  return best;
}

/// Networks have a latency, and an end of their bandwidth.
bool is_network(const std::vector<MessageStep>& steps) {
  return steps.front().latency_s > 0 && steps.back().seconds_per_byte > 0;
}

bool is_any(const std::vector<MessageStep>&) {
  return true;
}

/// The seconds of a message of `bytes`: between two measured sizes on the line through both, and
/// beyond them as at the last.  `times`: by size.
double between(const std::vector<MessageTime>& times, double bytes) {
  const auto above = std::find_if(times.begin(), times.end(),
                                  [&](const MessageTime& one) { return one.bytes >= bytes; });
  if (above == times.end()) return times.back().seconds;
  if (above == times.begin()) return above->seconds;
  const MessageTime& low = *std::prev(above);
  const double share = (bytes - low.bytes) / (above->bytes - low.bytes);
  return low.seconds + share * (above->seconds - low.seconds);
}

constexpr double most_of_calls = 0.9;  // of a message

bool is_smaller(const MessageTime& a, const MessageTime& b) {
  return a.bytes < b.bytes;
}

const MessageStep& step_for(const std::vector<MessageStep>& steps, double bytes) {
  const auto step = std::find_if(steps.rbegin(), steps.rend(),
                                 [&](const MessageStep& one) { return one.from_bytes <= bytes; });
  return step == steps.rend() ? steps.front() : *step;
}

double overhead_s(const std::vector<MessageStep>& steps, double bytes) {
  return steps.empty() ? 0 : step_for(steps, bytes).seconds(bytes);
}

/// The steps of a call, fitted to the sizes that leave ahead; of these, nothing takes more of a message
/// than `left` leaves.
template <class Left>
std::vector<MessageStep> fit_call(std::vector<MessageTime> times, double eager_limit, Left left) {
  std::sort(times.begin(), times.end(), is_smaller);
  std::vector<Target> targets;
  for (const auto& [bytes, seconds] : times) {
    const double most_s = left(bytes);
    if (bytes >= eager_limit || !(seconds > 0) || !(most_s > 0)) continue;
    const double fitted_s = std::min(seconds, most_s);
    targets.push_back({bytes, fitted_s, fitted_s});
  }
  return fit_steps(targets, is_any);
}

/// SimGrid's steps of overheads are for messages that are larger than what they begin with.
std::string overhead_text(const std::vector<MessageStep>& steps) {
  std::string out;
  for (const MessageStep& step : steps) {
    out += fmt::format("{}{:.0f}:{:.6g}:{:.6g}", out.empty() ? "" : ";",
                       std::max(0.0, step.from_bytes - 1), step.latency_s, step.seconds_per_byte);
  }
  return out;
}

std::string steps_text(const std::vector<MessageStep>& steps,
                       double (*factor)(const MessageStep&, double), double base) {
  std::string out;
  for (const MessageStep& step : steps) {
    out +=
        fmt::format("{}{:.0f}:{:.6g}", out.empty() ? "" : ";", step.from_bytes, factor(step, base));
  }
  return out;
}

}  // namespace

double Calibration::seconds(double bytes) const {
  const double network_s = step_for(steps, bytes).seconds(bytes);
  if (bytes >= eager_limit) return network_s;
  return network_s + overhead_s(send, bytes) + overhead_s(receive, bytes);
}

std::string Calibration::send_overhead() const {
  return overhead_text(send);
}

std::string Calibration::receive_overhead() const {
  return overhead_text(receive);
}

double Calibration::latency_s() const {
  return steps.front().latency_s;
}

double Calibration::bandwidth_bytes_per_s() const {
  return 1 / steps.back().seconds_per_byte;
}

std::string Calibration::latency_factors() const {
  return steps_text(
      steps, [](const MessageStep& step, double base) { return step.latency_s / base; },
      latency_s());
}

std::string Calibration::bandwidth_factors() const {
  // A step whose time does not grow with the size has more bandwidth than anything can use.
  constexpr double endless = 1e6;
  return steps_text(
      steps,
      [](const MessageStep& step, double base) {
        return step.seconds_per_byte > 0 ? 1 / (step.seconds_per_byte * base) : endless;
      },
      bandwidth_bytes_per_s());
}

std::size_t count_ahead(const std::vector<MessageTime>& times, double eager_limit) {
  return static_cast<std::size_t>(std::ranges::count_if(
      times, [&](const MessageTime& one) { return one.bytes < eager_limit; }));
}

Calibration calibrate(MeasuredMessages measured) {
  std::vector<MessageTime>& times = measured.ping_pong;
  std::sort(times.begin(), times.end(), is_smaller);
  if (times.size() < fewest_sizes) {
    throw Error(fmt::format("a ping-pong of {} sizes tells no latency and bandwidth", times.size()),
                "measure collectives with operation = \"ping_pong\" and sizes from 8 to 64Mi");
  }
  Calibration out{.steps = {}, .send = {}, .receive = {}, .eager_limit = measured.eager_limit};
  out.send = fit_call(measured.send, out.eager_limit,
                      [&](double bytes) { return most_of_calls * between(times, bytes); });
  out.receive = fit_call(measured.receive, out.eager_limit, [&](double bytes) {
    return most_of_calls * between(times, bytes) - overhead_s(out.send, bytes);
  });
  std::vector<Target> network;
  for (const auto& [bytes, whole_s] : times) {
    const double calls_s =
        bytes < out.eager_limit ? overhead_s(out.send, bytes) + overhead_s(out.receive, bytes) : 0;
    network.push_back({bytes, std::max(whole_s - calls_s, (1 - most_of_calls) * whole_s), whole_s});
  }
  out.steps = fit_steps(network, is_network);
  if (!out.steps.empty()) return out;
  throw Error("the times of the ping-pong do not grow with its sizes",
              "measure sizes from 8 bytes to 64Mi, on a quiet machine");
}

}  // namespace scalelaw::harness
