#include "harness/simulate/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

constexpr std::size_t fewest_sizes = 3;
constexpr std::size_t most_steps = 4;

/// A step through some sizes, and the sum of its squared relative errors.
struct FittedStep {
  MessageStep step;
  double squares = 0;
};

double squares_of(const MessageStep& step, const MessageTime* first, const MessageTime* end) {
  double sum = 0;
  for (const MessageTime* at = first; at != end; ++at) {
    sum += std::pow(step.seconds(at->bytes) / at->seconds - 1, 2);
  }
  return sum;
}

/// Least squares of relative errors: of a + b m over t, without negative a or b.
FittedStep fit_step(const MessageTime* first, const MessageTime* end) {
  double aa = 0, ab = 0, bb = 0, a1 = 0,
         b1 = 0;  // sums of products of 1/t and m/t with each other, and with 1
  for (const MessageTime* at = first; at != end; ++at) {
    const double a = 1 / at->seconds, b = at->bytes / at->seconds;
    aa += a * a;
    ab += a * b;
    bb += b * b;
    a1 += a;
    b1 += b;
  }
  const double determinant = aa * bb - ab * ab;
  MessageStep step{.from_bytes = first->bytes};
  if (determinant > 0) {
    step.latency_s = (a1 * bb - b1 * ab) / determinant;
    step.seconds_per_byte = (aa * b1 - ab * a1) / determinant;
  }
  if (!(step.latency_s > 0)) {
    step.latency_s = 0;
    step.seconds_per_byte = b1 / bb;
  } else if (!(step.seconds_per_byte > 0)) {
    step.latency_s = a1 / aa;
    step.seconds_per_byte = 0;
  }
  return {step, squares_of(step, first, end)};
}

/// The best division of the first `count` sizes into `steps` steps.
struct Division {
  double squares = std::numeric_limits<double>::infinity();
  std::vector<MessageStep> steps;
};

Division divide(const std::vector<MessageTime>& times, std::size_t count, std::size_t steps) {
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
  auto step = std::find_if(steps.rbegin(), steps.rend(),
                           [&](const MessageStep& one) { return one.from_bytes <= bytes; });
  return (step == steps.rend() ? steps.front() : *step).seconds(bytes);
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

Calibration calibrate(std::vector<MessageTime> times) {
  std::sort(times.begin(), times.end(),
            [](const MessageTime& a, const MessageTime& b) { return a.bytes < b.bytes; });
  if (times.size() < fewest_sizes) {
    throw Error(fmt::format("a ping-pong of {} sizes tells no latency and bandwidth", times.size()),
                "measure collectives with operation = \"ping_pong\" and sizes from 8 to 64Mi");
  }
  Division best;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t steps = 1; steps <= most_steps; ++steps) {
    Division division = divide(times, times.size(), steps);
    // Networks have a latency, and an end of their bandwidth.
    if (division.steps.empty() || !(division.steps.front().latency_s > 0) ||
        !(division.steps.back().seconds_per_byte > 0)) {
      continue;
    }
    const double score = criterion(division, times.size());
    if (score >= least) continue;
    least = score;
    best = std::move(division);
  }
  if (best.steps.empty()) {
    throw Error("the times of the ping-pong do not grow with its sizes",
                "measure sizes from 8 bytes to 64Mi, on a quiet machine");
  }
  best.steps.front().from_bytes = 0;
  return {std::move(best.steps)};
}

}  // namespace scalelaw::harness
