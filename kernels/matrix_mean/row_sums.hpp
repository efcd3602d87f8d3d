#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/numerics/window_sum.hpp"

namespace scalelaw {

/// The sums of rows whose tiles belong to different workers: the rows' WindowSums for each such
/// row block.
class RowSums {
 public:
  struct Block {
    std::int64_t block = 0;
    std::vector<WindowSum> sums;
  };

  /// The sums of the `rows` rows of `block`, zero when new; valid until the next call.
  WindowSum* of_block(std::int64_t block, std::int64_t rows);

  /// Adds the sums of `other`.
  void merge(RowSums&& other);

  [[nodiscard]] const std::vector<Block>& blocks() const noexcept { return blocks_; }

  void pack(std::vector<std::byte>& out) const;
  /// Reads what pack() wrote from the front of `in`.
  static RowSums unpack(std::span<const std::byte>& in);

 private:
  std::vector<Block> blocks_;  ///< ascending
};

}  // namespace scalelaw
