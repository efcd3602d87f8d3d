#include "kernels/image_compression/jpeg_file.hpp"

#include <fmt/format.h>

#include <array>
#include <initializer_list>

#include "kernels/image_compression/standard_tables.hpp"

namespace scalelaw::jpeg {
namespace {

/// Appends marker segments.
class HeaderWriter {
 public:
  void byte(std::int64_t value) { bytes_.push_back(static_cast<std::byte>(value)); }
  void word(std::int64_t value) {
    byte(value >> 8 & 0xff);
    byte(value & 0xff);
  }
  void all(std::span<const std::uint8_t> values) {
    for (const std::uint8_t value : values) byte(value);
  }
  void all(std::initializer_list<std::uint8_t> values) {
    for (const std::uint8_t value : values) byte(value);
  }
  void marker(std::uint8_t code) { all({0xff, code}); }

  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

void app0(HeaderWriter& out) {
  out.marker(0xe0);
  out.word(16);
  out.all({'J', 'F', 'I', 'F', 0, 1, 1});
  out.byte(1);  // density in dots per inch
  out.word(72);
  out.word(72);
  out.all({0, 0});  // no thumbnail
}

void quantiser_tables(HeaderWriter& out, const EncoderTables& tables, int kinds) {
  for (int kind = 0; kind < kinds; ++kind) {
    out.marker(0xdb);
    out.word(2 + 1 + 64);
    out.byte(kind);
    out.all(tables.steps[static_cast<std::size_t>(kind)]);
  }
}

void frame(HeaderWriter& out, const Shape& shape, const McuLayout& mcu) {
  out.marker(0xc0);
  out.word(8 + 3 * mcu.components);
  out.byte(8);
  out.word(shape.height);
  out.word(shape.width);
  out.byte(mcu.components);
  for (std::int64_t c = 0; c < mcu.components; ++c) {
    out.byte(c + 1);
    out.byte(c == 0 ? mcu.width / 8 << 4 | mcu.height / 8 : 0x11);
    out.byte(c == 0 ? 0 : 1);
  }
}

void huffman_tables(HeaderWriter& out, int kinds) {
  for (int kind = 0; kind < kinds; ++kind) {
    for (const bool ac : {false, true}) {
      const HuffmanSpec spec = ac ? huffman_ac(kind) : huffman_dc(kind);
      out.marker(0xc4);
      out.word(2 + 1 + 16 + std::ssize(spec.symbols));
      out.byte(ac ? 0x10 | kind : kind);
      out.all(spec.counts);
      out.all(spec.symbols);
    }
  }
}

void scan_header(HeaderWriter& out, const McuLayout& mcu) {
  out.marker(0xda);
  out.word(6 + 2 * mcu.components);
  out.byte(mcu.components);
  for (std::int64_t c = 0; c < mcu.components; ++c) {
    out.byte(c + 1);
    out.byte(c == 0 ? 0x00 : 0x11);
  }
  out.all({0, 63, 0});
}

}  // namespace

std::vector<std::byte> file_header(const Shape& shape, Subsampling subsampling,
                                   const EncoderTables& tables) {
  const McuLayout mcu = mcu_layout(shape, subsampling);
  const int kinds = mcu.components == 1 ? 1 : 2;
  HeaderWriter out;
  out.marker(0xd8);
  app0(out);
  quantiser_tables(out, tables, kinds);
  frame(out, shape, mcu);
  huffman_tables(out, kinds);
  out.marker(0xdd);
  out.word(4);
  out.word(mcu.columns(shape));
  scan_header(out, mcu);
  return out.take();
}

std::array<std::byte, 2> restart_marker(std::int64_t row) {
  return {std::byte{0xff}, static_cast<std::byte>(0xd0 + row % 8)};
}

ScanIntervals split_scan(std::span<const std::byte> scan) {
  ScanIntervals out;
  std::size_t begin = 0;
  for (std::size_t i = 0; i + 1 < scan.size(); ++i) {
    if (scan[i] != std::byte{0xff}) continue;
    const auto code = std::to_integer<unsigned>(scan[i + 1]);
    if (code == 0) continue;
    const auto number = std::ssize(out.intervals);
    out.intervals.push_back(scan.subspan(begin, i - begin));
    begin = i + 2;
    if (code == 0xd9) {
      if (begin != scan.size()) out.fault = "bytes follow the end of the image";
      return out;
    }
    if (scan[i + 1] != restart_marker(number)[1]) {
      out.fault = fmt::format("marker ff{:02x} after restart interval {}", code, number);
      return out;
    }
    ++i;
  }
  out.fault = "the end of the image is missing";
  return out;
}

}  // namespace scalelaw::jpeg
