#include "harness/config/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/error.hpp"
#include "common/utf8.hpp"

namespace scalelaw::harness {
namespace {

using namespace std::string_view_literals;

/// The encodings of 16 and 32 bits; empty for any other.  TOML is mostly ASCII, so that without a
/// byte order mark the zero bytes beside its first two characters tell them.
std::string_view wide_encoding(std::string_view text) {
  if (text.starts_with("\xFF\xFE\0\0"sv) || text.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32";
  if (text.starts_with("\xFF\xFE"sv) || text.starts_with("\xFE\xFF"sv)) return "UTF-16";
  if (text.size() < 4 || text.find('\0') == std::string_view::npos) return {};
  std::string zeros;
  for (const char byte : text.substr(0, 4)) zeros += byte == '\0' ? '0' : 'x';
  if (zeros == "x0x0" || zeros == "0x0x") return "UTF-16";
  return zeros == "x000" || zeros == "000x" ? "UTF-32"sv : ""sv;
}

}  // namespace

void require_utf8(std::string_view text, const std::string& file) {
  const std::string save = "save it as UTF-8 (most editors: Save As, Encoding)";
  if (const std::string_view wide = wide_encoding(text); !wide.empty()) {
    throw Error(fmt::format("{}:1: the text is encoded in {}, not in UTF-8", file, wide),
                fmt::format("{}, or: iconv -f {} -t UTF-8", save, wide));
  }
  std::int64_t line = 1;
  for (std::string_view rest = text; !rest.empty();) {
    const Utf8Character next = first_character(rest);
    if (next.bytes == 0) {
      throw Error(
          fmt::format("{}:{}: the byte 0x{:02X} is not UTF-8; the text may be in Latin-1 or "
                      "another one-byte encoding",
                      file, line, static_cast<unsigned char>(rest[0])),
          save + ", or: iconv -f LATIN1 -t UTF-8");
    }
    if (next.code == 0) {
      throw Error(fmt::format("{}:{}: there is a zero byte, so this is not text", file, line),
                  "give the path of a TOML file; if it is one, " + save);
    }
    if (next.code == '\n') ++line;
    rest.remove_prefix(next.bytes);
  }
}

}  // namespace scalelaw::harness
