#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/range.hpp"
#include "kernels/image_compression/shape.hpp"

namespace scalelaw {

/// A batch of images laid end to end: which image and MCU row an item is, and where its pixels are.
/// Items are the MCU rows of the first image from the top, then of the second, and so on.
/// Units:   bytes and items, 64 bits, so that an image may exceed 2 GiB.
/// Threads: immutable.
class Geometry {
 public:
  struct Image {
    Shape shape;
    McuLayout mcu;
    std::int64_t first_item = 0;
    std::int64_t first_byte = 0;  ///< of its pixels, counted over the whole batch
    std::int64_t mcu_rows = 0;

    /// The pixel rows of MCU row `row`.
    [[nodiscard]] Range pixel_rows(std::int64_t row) const;
  };
  struct Place {
    std::int64_t image = 0;
    std::int64_t row = 0;  ///< the MCU row
  };

  Geometry() = default;
  Geometry(std::span<const Shape> shapes, Subsampling subsampling);

  [[nodiscard]] std::int64_t images() const { return static_cast<std::int64_t>(images_.size()); }
  [[nodiscard]] const Image& image(std::int64_t index) const {
    return images_[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] std::int64_t items() const { return items_; }
  [[nodiscard]] std::int64_t pixels() const { return pixels_; }

  /// Where item `item` is.  Requires: 0 <= item < items().
  [[nodiscard]] Place place(std::int64_t item) const;

  /// The number of pixel bytes before item `item`; for items(), that of the whole batch.
  [[nodiscard]] std::int64_t byte_of(std::int64_t item) const;

 private:
  std::vector<Image> images_;
  std::int64_t items_ = 0;
  std::int64_t bytes_ = 0;
  std::int64_t pixels_ = 0;
};

}  // namespace scalelaw
