#include "harness/render/xml.hpp"

#include <fmt/format.h>

#include "common/utf8.hpp"

namespace scalelaw::harness {
namespace {

/// The text as XML may hold it.  In an attribute, line breaks are kept by references.
std::string escaped(const std::string& text, bool attribute) {
  std::string out;
  const std::string valid = escape_invalid_utf8(text);
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const char c = valid[i];
    const std::string_view rest = std::string_view(valid).substr(i);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\r' || (attribute && (c == '\n' || c == '\t'))) {
      out += fmt::format("&#{};", static_cast<int>(c));
    } else if (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') {
      out += fmt::format("\\x{:02x}", static_cast<int>(c));
    } else if (rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {
      out += rest[2] == '\xBE' ? "\\xef\\xbf\\xbe" : "\\xef\\xbf\\xbf";  // U+FFFE, U+FFFF
      i += 2;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

XmlWriter::XmlWriter() : out_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") {}

void XmlWriter::open(std::string_view name, const XmlAttributes& attributes) {
  out_ += fmt::format("{}<{}", std::string(2 * elements_.size(), ' '), name);
  for (const auto& [key, value] : attributes) {
    out_ += fmt::format(" {}=\"{}\"", key, escaped(value, true));
  }
}

void XmlWriter::begin(std::string_view name, const XmlAttributes& attributes) {
  open(name, attributes);
  out_ += ">\n";
  elements_.emplace_back(name);
}

void XmlWriter::end() {
  const std::string name = std::move(elements_.back());
  elements_.pop_back();
  out_ += fmt::format("{}</{}>\n", std::string(2 * elements_.size(), ' '), name);
}

void XmlWriter::element(std::string_view name, const XmlAttributes& attributes,
                        const std::string& text) {
  open(name, attributes);
  out_ += text.empty() ? "/>\n" : fmt::format(">{}</{}>\n", escaped(text, false), name);
}

}  // namespace scalelaw::harness
