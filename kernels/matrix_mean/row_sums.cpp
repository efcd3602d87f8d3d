#include "kernels/matrix_mean/row_sums.hpp"

#include <algorithm>

#include "kernels/matrix_mean/wire.hpp"

namespace scalelaw {

WindowSum* RowSums::of_block(std::int64_t block, std::int64_t rows) {
  auto at = std::lower_bound(blocks_.begin(), blocks_.end(), block,
                             [](const Block& b, std::int64_t wanted) { return b.block < wanted; });
  if (at == blocks_.end() || at->block != block) {
    at = blocks_.insert(at, {block, std::vector<WindowSum>(static_cast<std::size_t>(rows))});
  }
  return at->sums.data();
}

void RowSums::merge(RowSums&& other) {
  for (const Block& from : other.blocks_) {
    WindowSum* const into = of_block(from.block, static_cast<std::int64_t>(from.sums.size()));
    for (std::size_t r = 0; r < from.sums.size(); ++r) into[r].merge(from.sums[r]);
  }
  other.blocks_.clear();
}

void RowSums::pack(std::vector<std::byte>& out) const {
  wire::put(out, static_cast<std::int64_t>(blocks_.size()));
  for (const Block& b : blocks_) {
    wire::put(out, b.block);
    wire::put(out, static_cast<std::int64_t>(b.sums.size()));
    wire::put_array(out, b.sums.data(), static_cast<std::int64_t>(b.sums.size()));
  }
}

RowSums RowSums::unpack(std::span<const std::byte>& in) {
  RowSums sums;
  for (auto left = wire::take<std::int64_t>(in); left > 0; --left) {
    const auto block = wire::take<std::int64_t>(in);
    const auto rows = wire::take<std::int64_t>(in);
    wire::take_array(in, sums.of_block(block, rows), rows);
  }
  return sums;
}

}  // namespace scalelaw
