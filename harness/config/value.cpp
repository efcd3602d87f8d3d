#include "harness/config/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "common/error.hpp"
#include "common/quantity.hpp"

namespace scalelaw::harness {
namespace {

/// The number as an integer, when it is one that a double holds exactly.
std::optional<std::int64_t> whole(double value) {
  constexpr double exact = 9007199254740992.0;  // 2^53
  if (std::trunc(value) != value || std::abs(value) > exact) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

nlohmann::json scalar(const Value& value) {
  const toml::node& node = value.node();
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto flag = node.value_exact<bool>()) return *flag;
  if (const auto integer = node.value_exact<std::int64_t>()) return *integer;
  if (const auto number = node.value_exact<double>()) {
    if (const auto integer = whole(*number)) return *integer;
    return *number;
  }
  value.fail(value.shown() + " is neither a number, a text nor true or false",
             "give one value, or a list of values to sweep");
}

}  // namespace

void Value::fail(const std::string& what, const std::string& hint) const {
  throw Error(fmt::format("{}:{}: '{}': {}", file_, line(), key_, what), hint);
}

std::string Value::shown() const {
  if (const auto text = node_->value_exact<std::string>()) return fmt::format("'{}'", *text);
  if (const auto flag = node_->value_exact<bool>()) return *flag ? "true" : "false";
  if (const auto integer = node_->value_exact<std::int64_t>()) return std::to_string(*integer);
  if (const auto number = node_->value_exact<double>()) return fmt::format("{}", *number);
  if (node_->is_table()) return "a table";
  return node_->is_array() ? "a list" : "a date or time";
}

std::int64_t Value::count(std::int64_t min, std::int64_t max) const {
  std::optional<std::int64_t> out = node_->value_exact<std::int64_t>();
  if (const auto number = node_->value_exact<double>()) {
    out = whole(*number);
    if (!out && std::abs(*number) >= 0x1p63) {
      fail(shown() + " is too large", "give a number of at most 9e18");
    }
    if (!out) fail(shown() + " is not a whole number", "write a whole number");
  } else if (const auto text = node_->value_exact<std::string>()) {
    try {
      out = parse_count(*text);
    } catch (const Error& error) {
      fail(error.what(), error.hint());
    }
  }
  if (!out) fail(shown() + " is not a number", "write a whole number such as 1000, 1e9 or \"4Gi\"");
  if (*out < min || *out > max) {
    const std::string range = max == std::numeric_limits<std::int64_t>::max()
                                  ? fmt::format("of at least {}", min)
                                  : fmt::format("from {} to {}", min, max);
    fail(fmt::format("{} is too {}", *out, *out < min ? "small" : "large"),
         fmt::format("give a number {}", range));
  }
  return *out;
}

double Value::any_number() const {
  const std::optional<double> out = node_->is_number() ? node_->value<double>() : std::nullopt;
  if (!out) fail(shown() + " is not a number", "write a number such as 0.5 or 60");
  return *out;
}

void Value::fail_range(double number, const std::string& begin, double most) const {
  const std::string end = std::isinf(most) ? "" : fmt::format(" {}", most);
  fail(fmt::format("{} is out of range", number),
       fmt::format("give a number {}{}", begin, end.empty() ? "" : " and up to" + end));
}

double Value::number(double above, double most) const {
  const double out = any_number();
  if (!(out > above) || out > most)
    fail_range(out, fmt::format("above {}", above), most);  // or nan
  return out;
}

double Value::number_from(double least, double most) const {
  const double out = any_number();
  if (!(out >= least) || out > most) fail_range(out, fmt::format("of at least {}", least), most);
  return out;
}

bool Value::boolean() const {
  const auto out = node_->value_exact<bool>();
  if (!out) fail(shown() + " is neither true nor false", "write true or false, without quotes");
  return *out;
}

std::string Value::text() const {
  const auto out = node_->value_exact<std::string>();
  if (!out) fail(shown() + " is not a text", "write a text in quotes");
  if (out->empty()) fail("the text is empty", "write something, or omit the key");
  return *out;
}

std::vector<Value> Value::elements() const {
  const toml::array* array = node_->as_array();
  if (array == nullptr) return {*this};
  if (array->empty()) fail("the list is empty", "name at least one value, or omit the key");
  std::vector<Value> out;
  for (const toml::node& element : *array) out.emplace_back(element, key_, file_);
  return out;
}

std::vector<std::string> Value::texts() const {
  std::vector<std::string> out;
  for (const Value& element : elements()) out.push_back(element.text());
  return out;
}

Counts Value::counts() const {
  if (node_->is_string() && node_->value_exact<std::string>() == "auto") {
    return {true, {}, line()};
  }
  Counts out{false, {}, line()};
  for (const Value& element : elements()) out.values.push_back(element.count(1, 1 << 24));
  return out;
}

Setting Value::sizes() const {
  Setting out{key_, {}, line()};
  for (const Value& element : elements()) {
    if (element.node_->value_exact<std::string>() == "auto") {
      out.values.emplace_back("auto");
    } else {
      out.values.emplace_back(element.count());
    }
  }
  return out;
}

Setting Value::setting() const {
  Setting out{key_, {}, line()};
  for (const Value& element : elements()) out.values.push_back(scalar(element));
  return out;
}

std::string one_line(const Value& value, std::string text) {
  const auto is_control = [](unsigned char c) { return c < ' ' || c == 127; };
  if (std::any_of(text.begin(), text.end(), is_control)) {
    value.fail("the text has a line break or another control character", "write it on one line");
  }
  return text;
}

}  // namespace scalelaw::harness
