#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "kernels/image_compression/image_compression.hpp"
#include "kernels/image_compression/jpeg_file.hpp"
#include "kernels/image_compression/photo_like.hpp"
#include "kernels/image_compression/reference_encoder.hpp"

namespace scalelaw {
namespace {

/// The reference encoder takes as long for these as a core takes to compress some ten times as many.
/// Every launch is checked.  That all launches have the same bytes is checked beside it.
constexpr std::int64_t pixels_to_check = 500'000;

/// Every n-th item, and each image's last row, is encoded again.
std::int64_t stride_of_checks(const Geometry& batch) {
  return std::max<std::int64_t>(1, batch.pixels() / pixels_to_check);
}

/// Row `row` of a generated image, encoded by the reference encoder.
std::vector<std::byte> expected_interval(const ImageCompression::Params& params,
                                         const Geometry::Image& image, std::int64_t index,
                                         std::int64_t row) {
  const Range rows = image.pixel_rows(row);
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(rows.size() * image.shape.row_bytes()));
  photo_like_rows(params.seed, index, image.shape, rows, pixels.data());
  return jpeg::reference_row({.pixels = pixels.data(),
                              .width = image.shape.width,
                              .rows = rows.size(),
                              .channels = image.shape.channels,
                              .subsampling = params.subsampling},
                             params.quality);
}

std::string fault_of(const ImageCompression::Params& params, const Geometry& batch,
                     std::int64_t index, const std::vector<std::byte>& file) {
  const Geometry::Image& image = batch.image(index);
  const std::vector<std::byte> header =
      jpeg::file_header(image.shape, params.subsampling, jpeg::EncoderTables(params.quality));
  if (file.size() < header.size() || !std::equal(header.begin(), header.end(), file.begin())) {
    return "its header is wrong";
  }
  const jpeg::ScanIntervals scan = jpeg::split_scan(std::span(file).subspan(header.size()));
  if (!scan.fault.empty()) return scan.fault;
  if (std::ssize(scan.intervals) != image.mcu_rows) {
    return fmt::format("{} restart intervals, not {}", scan.intervals.size(), image.mcu_rows);
  }
  if (!params.input.empty()) return {};
  const std::int64_t stride = stride_of_checks(batch);
  for (std::int64_t row = 0; row < image.mcu_rows; ++row) {
    const bool checked = (image.first_item + row) % stride == 0 || row + 1 == image.mcu_rows;
    if (!checked) continue;
    const std::span<const std::byte> found = scan.intervals[static_cast<std::size_t>(row)];
    const std::vector<std::byte> expected = expected_interval(params, image, index, row);
    if (!std::equal(found.begin(), found.end(), expected.begin(), expected.end())) {
      return fmt::format("MCU row {} differs from the reference encoder's", row);
    }
  }
  return {};
}

}  // namespace

std::string ImageCompression::verify(const Params& params, const Result& result) {
  const Geometry batch = geometry(params);
  if (std::ssize(result.files) != batch.images()) {
    return fmt::format("{} files for {} images", result.files.size(), batch.images());
  }
  for (std::int64_t i = 0; i < batch.images(); ++i) {
    const File& file = result.files[static_cast<std::size_t>(i)];
    const std::string fault = fault_of(params, batch, i, file.contiguous());
    if (!fault.empty()) return fmt::format("image {}: {}", i, fault);
  }
  return {};
}

}  // namespace scalelaw
