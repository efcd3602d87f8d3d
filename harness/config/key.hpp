#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "common/nearest.hpp"
#include "harness/config/value.hpp"

namespace scalelaw::harness {

/// A key of a config's table: its documentation, and what reading it does to a `T`.
template <class T>
struct Key {
  std::string_view name;
  std::string_view type;      ///< as docs/config.md says it
  std::string_view fallback;  ///< the default, likewise
  std::function<void(T&, const Value&)> set;
  bool required = false;
  std::string_view example = {};  ///< of a required one that is more than a value
};

template <class T>
using Keys = std::vector<Key<T>>;

/// Reads `table` into `out`.  `title` is the table as the file writes it, e.g. "[measuring]".
/// Errors: throws Error with file and line: for an unknown key with the nearest known one, for a
/// missing key that is required, and whatever a key's reader finds.
/// `other` may take a key that is none of `keys`; whether it did.
template <class T>
void read_table(const toml::table& table, std::string_view title, const Keys<T>& keys, T& out,
                const std::string& file, const std::function<bool(T&, const Value&)>& other = {}) {
  for (const auto& [name, node] : table) {
    const Key<T>* found = nullptr;
    std::vector<std::string> names;
    for (const Key<T>& key : keys) {
      names.emplace_back(key.name);
      if (key.name == name.str()) found = &key;
    }
    const Value value(node, std::string(name.str()), file);
    if (found == nullptr && other && other(out, value)) continue;
    if (found == nullptr) {
      const std::string meant = nearest(name.str(), names);
      throw Error(fmt::format("{}:{}: unknown key '{}' in {}", file, name.source().begin.line,
                              name.str(), title),
                  meant.empty() ? fmt::format("{} takes: {}", title, fmt::join(names, ", "))
                                : fmt::format("did you mean '{}'?", meant));
    }
    found->set(out, value);
  }
  for (const Key<T>& key : keys) {
    if (key.required && !table.contains(key.name)) {
      throw Error(
          fmt::format("{}:{}: {} lacks '{}'", file,
                      std::max<toml::source_index>(1, table.source().begin.line), title, key.name),
          key.example.empty() ? fmt::format("add {} = ... ({})", key.name, key.type)
                              : fmt::format("add {}", key.example));
    }
  }
}

// What a member is read as; each makes the reader of one key.

template <class T>
auto count_into(std::int64_t T::*member, std::int64_t min,
                std::int64_t max = std::numeric_limits<std::int64_t>::max()) {
  return [=](T& out, const Value& value) { out.*member = value.count(min, max); };
}

template <class T>
auto number_into(double T::*member, double above,
                 double most = std::numeric_limits<double>::infinity()) {
  return [=](T& out, const Value& value) { out.*member = value.number(above, most); };
}

template <class T, class Number>
auto number_from_zero_into(Number T::*member, double most) {
  return [=](T& out, const Value& value) { out.*member = value.number_from(0, most); };
}

template <class T>
auto number_from_one_into(double T::*member) {
  return [=](T& out, const Value& value) { out.*member = value.number_from(1); };
}

template <class T>
auto flag_into(bool T::*member) {
  return [=](T& out, const Value& value) { out.*member = value.boolean(); };
}

template <class T>
auto text_into(std::string T::*member) {
  return [=](T& out, const Value& value) { out.*member = value.text(); };
}

template <class T>
auto texts_into(std::vector<std::string> T::*member) {
  return [=](T& out, const Value& value) { out.*member = value.texts(); };
}

/// Each a part of one line, of a command or a job script.
template <class T>
auto lines_into(std::vector<std::string> T::*member) {
  return [=](T& out, const Value& value) {
    for (const std::string& text : value.texts()) (out.*member).push_back(one_line(value, text));
  };
}

template <class T>
auto counts_into(Counts T::*member) {
  return [=](T& out, const Value& value) { out.*member = value.counts(); };
}

/// A key that is itself a table, read with that table's own keys.
template <class T, class Member>
std::function<void(T&, const Value&)> table_key(std::string title, Member T::*member,
                                                const Keys<Member>& (*keys)()) {
  return [=](T& out, const Value& value) {
    const toml::table* table = value.node().as_table();
    if (table == nullptr) {
      value.fail(value.shown() + " is not a table", fmt::format("write {} on a line", title));
    }
    read_table(*table, title, keys(), out.*member, value.file());
  };
}

}  // namespace scalelaw::harness
