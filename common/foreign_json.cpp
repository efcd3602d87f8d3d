#include "common/foreign_json.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/error.hpp"

namespace scalelaw {
namespace {

/// How deeply the brackets of a JSON text are nested.
std::size_t nesting(std::string_view text) {
  std::size_t depth = 0, deepest = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '[' || c == '{')) {
      deepest = std::max(deepest, ++depth);
    } else if (!quoted && (c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

/// `says` has {} for the character of its line; a text of more than one line has the line before it.
/// `byte` counts from 1.
std::string at_byte(std::string_view text, std::size_t byte, const char* says) {
  const auto before = text.substr(0, std::min(text.size(), byte == 0 ? 0 : byte - 1));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const bool one_line = text.find('\n') == std::string_view::npos;
  return (one_line ? "" : fmt::format("line {}: ", line)) +
         fmt::format(fmt::runtime(says), before.size() - (before.rfind('\n') + 1) + 1);
}

/// Takes the events of a parser and builds nothing; keeps the place of the first fault.
struct FaultFinder : nlohmann::json::json_sax_t {
  std::size_t end = 0;  // of the token at fault
  std::string token;
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(nlohmann::json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(std::string&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string& last,
                   const nlohmann::json::exception&) override {
    end = position;
    token = last;
    return false;
  }
};

/// The library does not say where a number is too large, except to those who take its events.
Error too_large(std::string_view text) {
  FaultFinder fault;
  nlohmann::json::sax_parse(text, &fault);
  const std::size_t first = fault.end - std::min(fault.end, fault.token.size()) + 1;
  return Error(at_byte(text, first, "the number at character {} is too large"),
               "write numbers up to 1e308");
}

}  // namespace

nlohmann::json parse_foreign(std::string_view text) {
  if (const std::size_t depth = nesting(text); depth > deepest_nesting) {
    throw Error(
        fmt::format("JSON is nested {} levels deep; the limit is {}", depth, deepest_nesting),
        "give the file as the other program wrote it");
  }
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw Error(at_byte(text, error.byte, "it is not JSON from character {} on"),
                "give the file as the other program wrote it");
  } catch (const nlohmann::json::out_of_range&) {
    throw too_large(text);
  }
}

}  // namespace scalelaw
