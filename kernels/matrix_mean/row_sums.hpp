#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/numerics/window_sum.hpp"

namespace scalelaw {

/// The sums of rows whose tiles different workers have: for each such row block its rows'
/// WindowSums.
class RowSums {
 public:
  struct Block {
    std::int64_t block = 0;
    std::vector<WindowSum> sums;
  };

  /// The sums of the rows of `block`, `rows` of them, zero when new; valid until the next call.
  WindowSum* of_block(std::int64_t block, std::int64_t rows);

  /// Takes the sums of `other`.
  void merge(RowSums&& other);

  [[nodiscard]] const std::vector<Block>& blocks() const noexcept { return blocks_; }

  void pack(std::vector<std::byte>& out) const;
  /// Takes what pack() put from the front of `in`.
  static RowSums unpack(std::span<const std::byte>& in);

 private:
  std::vector<Block> blocks_;  ///< ascending
};

}  // namespace scalelaw
