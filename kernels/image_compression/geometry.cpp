#include "kernels/image_compression/geometry.hpp"

#include <algorithm>

namespace scalelaw {

McuLayout mcu_layout(const Shape& shape, Subsampling subsampling) {
  if (shape.channels == 1) return {8, 8, 1};
  switch (subsampling) {
    case Subsampling::s444:
      return {8, 8, 3};
    case Subsampling::s422:
      return {16, 8, 3};
    case Subsampling::s420:
      break;
  }
  return {16, 16, 3};
}

Range Geometry::Image::pixel_rows(std::int64_t row) const {
  return {row * mcu.height, std::min(shape.height, (row + 1) * mcu.height)};
}

Geometry::Geometry(std::span<const Shape> shapes, Subsampling subsampling) {
  images_.reserve(shapes.size());
  for (const Shape& shape : shapes) {
    const McuLayout mcu = mcu_layout(shape, subsampling);
    images_.push_back({shape, mcu, items_, bytes_, mcu.rows(shape)});
    items_ += images_.back().mcu_rows;
    bytes_ += shape.bytes();
    pixels_ += shape.width * shape.height;
  }
}

Geometry::Place Geometry::place(std::int64_t item) const {
  const auto after = std::upper_bound(
      images_.begin(), images_.end(), item,
      [](std::int64_t wanted, const Image& image) { return wanted < image.first_item; });
  const auto found = after - 1;
  return {found - images_.begin(), item - found->first_item};
}

std::int64_t Geometry::byte_of(std::int64_t item) const {
  if (item >= items_) return bytes_;
  const Place where = place(item);
  const Image& in = image(where.image);
  return in.first_byte + in.pixel_rows(where.row).begin * in.shape.row_bytes();
}

}  // namespace scalelaw
