#include "kernels/matrix_mean/column_sums.hpp"

#include <utility>

#include "kernels/matrix_mean/wire.hpp"

namespace scalelaw {

void ColumnSums::add(std::int64_t panel, const double* sum, std::int64_t n) {
  const auto at = static_cast<std::size_t>(panel);
  if (panels_.size() <= at) panels_.resize(at + 1);
  if (panels_[at].size() == 0) panels_[at].reset(n);
  panels_[at].add(sum);
}

void ColumnSums::merge(ColumnSums&& other) {
  if (panels_.size() < other.panels_.size()) panels_.resize(other.panels_.size());
  for (std::size_t i = 0; i < other.panels_.size(); ++i) {
    WindowSums& into = panels_[i];
    WindowSums& from = other.panels_[i];
    if (into.size() == 0) {
      into = std::move(from);
      continue;
    }
    for (std::int64_t c = 0; c < from.size(); ++c) {
      WindowSum sum = into.get(c);
      sum.merge(from.get(c));
      into.set(c, sum);
    }
  }
  other.panels_.clear();
}

void ColumnSums::round(std::int64_t panel, double* to) const {
  const WindowSums& sums = panels_.at(static_cast<std::size_t>(panel));
  for (std::int64_t c = 0; c < sums.size(); ++c) to[c] = sums.get(c).round();
}

void ColumnSums::pack(std::vector<std::byte>& out) const {
  wire::put(out, static_cast<std::int64_t>(panels_.size()));
  for (const WindowSums& p : panels_) {
    const std::int64_t n = p.size();
    wire::put(out, n);
    for (const auto* const member : {&p.top, &p.high, &p.middle, &p.low}) {
      wire::put_array(out, member->data(), n);
    }
  }
}

ColumnSums ColumnSums::unpack(std::span<const std::byte>& in) {
  ColumnSums sums;
  sums.panels_.resize(static_cast<std::size_t>(wire::take<std::int64_t>(in)));
  for (WindowSums& p : sums.panels_) {
    const auto n = wire::take<std::int64_t>(in);
    p.reset(n);
    for (auto* const member : {&p.top, &p.high, &p.middle, &p.low}) {
      wire::take_array(in, member->data(), n);
    }
  }
  return sums;
}

}  // namespace scalelaw
