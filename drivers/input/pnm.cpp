#include "drivers/input/pnm.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/error.hpp"

namespace scalelaw {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw Error(fmt::format("{}: {}", path, what),
              "it may be truncated or damaged; binary PPM (P6) and PGM (P5) files are read");
}

/// The next number of a header, after white space and comments.
std::int64_t header_number(std::FILE* in, const std::string& path) {
  int next = std::getc(in);
  while (next == '#' || next == ' ' || (next >= '\t' && next <= '\r')) {
    if (next == '#') {
      while (next != '\n' && next != EOF) next = std::getc(in);
    } else {
      next = std::getc(in);
    }
  }
  std::int64_t value = 0;
  if (next < '0' || next > '9') fail(path, "the PNM header has no number where one must be");
  for (; next >= '0' && next <= '9'; next = std::getc(in)) {
    value = 10 * value + (next - '0');
    if (value > 1'000'000'000) fail(path, "the PNM header has a number that is too large");
  }
  return value;  // the one character after it is white space, and read
}

std::int64_t bytes_per_channel(const PnmHeader& header) {
  return header.largest > 255 ? 2 : 1;
}

}  // namespace

PnmHeader pnm_header(std::FILE* in, const std::string& path) {
  char kind[2] = {};
  if (std::fread(kind, 1, 2, in) != 2 || kind[0] != 'P' || (kind[1] != '5' && kind[1] != '6')) {
    fail(path, "a PNM file of a kind that is not supported");
  }
  PnmHeader header;
  header.shape.channels = kind[1] == '5' ? 1 : 3;
  header.shape.width = header_number(in, path);
  header.shape.height = header_number(in, path);
  header.largest = header_number(in, path);
  header.pixels_begin = ftello(in);
  if (header.shape.width < 1 || header.shape.height < 1 || header.largest < 1 ||
      header.largest > 65535) {
    fail(path, "the PNM header makes no sense");
  }
  const std::int64_t need = header.pixels_begin + header.shape.bytes() * bytes_per_channel(header);
  fseeko(in, 0, SEEK_END);
  const std::int64_t have = ftello(in);
  if (have < need) fail(path, fmt::format("truncated: {} bytes of {}", have, need));
  return header;
}

std::vector<std::uint8_t> read_pnm_rows(std::FILE* in, const std::string& path,
                                        const PnmHeader& header, Range rows) {
  const std::int64_t wide = bytes_per_channel(header);
  const std::int64_t row_bytes = header.shape.row_bytes() * wide;
  std::vector<std::uint8_t> out(static_cast<std::size_t>(rows.size() * row_bytes));
  const bool there = fseeko(in, header.pixels_begin + rows.begin * row_bytes, SEEK_SET) == 0;
  if (!there || std::fread(out.data(), 1, out.size(), in) != out.size()) {
    fail(path, "cannot be read to its end");
  }
  if (header.largest == 255) return out;
  const std::size_t values = out.size() / static_cast<std::size_t>(wide);
  for (std::size_t i = 0; i < values; ++i) {
    const std::int64_t value = wide == 1 ? out[i] : out[2 * i] << 8 | out[2 * i + 1];
    const std::int64_t limited = std::min(value, header.largest);
    out[i] = static_cast<std::uint8_t>((limited * 255 + header.largest / 2) / header.largest);
  }
  out.resize(values);
  return out;
}

}  // namespace scalelaw
