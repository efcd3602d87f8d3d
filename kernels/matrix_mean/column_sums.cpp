#include "kernels/matrix_mean/column_sums.hpp"

#include <utility>

#include "kernels/matrix_mean/matrix_path.hpp"
#include "kernels/matrix_mean/wire.hpp"
#include "kernels/numerics/isa_paths.hpp"

namespace scalelaw {
namespace {

constexpr IsaPaths<MatrixPath> paths = SCALELAW_ISA_PATHS(matrix_path);

}  // namespace

void deposit_one(double x, std::int64_t& top, std::int64_t& high, std::int64_t& middle,
                 std::int64_t& low) {
  WindowSum sum{top, high, middle, low};
  sum.add(x);
  top = sum.top;
  high = sum.high;
  middle = sum.middle;
  low = sum.low;
}

void ColumnSums::Panel::resize(std::size_t n) {
  for (auto* const member : {&top, &high, &middle, &low}) member->resize(n);
}

void ColumnSums::Panel::set(std::size_t c, const WindowSum& sum) {
  top[c] = sum.top;
  high[c] = sum.high;
  middle[c] = sum.middle;
  low[c] = sum.low;
}

void ColumnSums::add(std::int64_t panel, const double* sum, std::int64_t n) {
  const auto at = static_cast<std::size_t>(panel);
  if (panels_.size() <= at) panels_.resize(at + 1);
  Panel& p = panels_[at];
  if (p.top.empty()) p.resize(static_cast<std::size_t>(n));
  paths.active().deposit(sum, n, p.top.data(), p.high.data(), p.middle.data(), p.low.data());
}

void ColumnSums::merge(ColumnSums&& other) {
  if (panels_.size() < other.panels_.size()) panels_.resize(other.panels_.size());
  for (std::size_t i = 0; i < other.panels_.size(); ++i) {
    Panel& into = panels_[i];
    Panel& from = other.panels_[i];
    if (into.top.empty()) {
      into = std::move(from);
      continue;
    }
    for (std::size_t c = 0; c < from.top.size(); ++c) {
      WindowSum sum = into.get(c);
      sum.merge(from.get(c));
      into.set(c, sum);
    }
  }
  other.panels_.clear();
}

void ColumnSums::round(std::int64_t panel, double* to) const {
  const Panel& p = panels_.at(static_cast<std::size_t>(panel));
  for (std::size_t c = 0; c < p.top.size(); ++c) to[c] = p.get(c).round();
}

void ColumnSums::pack(std::vector<std::byte>& out) const {
  wire::put(out, static_cast<std::int64_t>(panels_.size()));
  for (const Panel& p : panels_) {
    const auto n = static_cast<std::int64_t>(p.top.size());
    wire::put(out, n);
    for (const auto* const member : {&p.top, &p.high, &p.middle, &p.low}) {
      wire::put_array(out, member->data(), n);
    }
  }
}

ColumnSums ColumnSums::unpack(std::span<const std::byte>& in) {
  ColumnSums sums;
  sums.panels_.resize(static_cast<std::size_t>(wire::take<std::int64_t>(in)));
  for (Panel& p : sums.panels_) {
    const auto n = wire::take<std::int64_t>(in);
    p.resize(static_cast<std::size_t>(n));
    for (auto* const member : {&p.top, &p.high, &p.middle, &p.low}) {
      wire::take_array(in, member->data(), n);
    }
  }
  return sums;
}

}  // namespace scalelaw
