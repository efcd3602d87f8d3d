#include "harness/config/hosts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <sstream>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view name_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

[[noreturn]] void refuse(const std::string& word, const std::string& hint) {
  throw Error(fmt::format("'{}' is not a host name", word), hint);
}

/// The words of a line, commas being blanks and "slots = 4" one word.
std::vector<std::string> words_of(std::string line) {
  std::replace(line.begin(), line.end(), ',', ' ');
  std::istringstream stream(line);
  std::vector<std::string> out;
  bool open = false;  // the last word waits for its value
  for (std::string word; stream >> word;) {
    if (!out.empty() && (open || word.front() == '=')) {
      out.back() += word;
    } else {
      out.push_back(word);
    }
    open = out.back().back() == '=';
  }
  return out;
}

/// Whether a word of a host file says something of the host before it that does not matter here.
bool is_detail(const std::string& word) {
  constexpr std::array<std::string_view, 5> known{
      "slots=", "max_slots=", "max-slots=", "cpu=", "count="};
  return std::any_of(known.begin(), known.end(),
                     [&](std::string_view start) { return word.starts_with(start); });
}

}  // namespace

std::string host_name(const std::string& word) {
  const std::string name = word.substr(0, word.find(':'));
  const std::string slots = name.size() == word.size() ? "1" : word.substr(name.size() + 1);
  if (word.find('@') != std::string::npos) {
    refuse(word, "omit the user, and set it for this host in ~/.ssh/config (User)");
  }
  if (word.front() == '[' || std::count(word.begin(), word.end(), ':') > 1) {
    refuse(word,
           "mpirun's list of hosts takes no IPv6 address: write a name, from /etc/hosts for "
           "instance");
  }
  if (name.find_first_of("[]") != std::string::npos) {
    refuse(word, "write every host out: n1, n2, n3");
  }
  if (slots.empty() || slots.find_first_not_of(digits) != std::string::npos) {
    refuse(word, "write NAME or NAME:SLOTS");
  }
  if (name.empty() || name.front() == '-' ||
      name.find_first_not_of(name_characters) != std::string::npos) {
    refuse(word, "a host name has letters, digits, '-', '_' and '.'; separate hosts by commas");
  }
  if (name.find_first_not_of(digits) == std::string::npos) {
    refuse(word, "write slots as slots=" + name +
                     ", or leave them out: ranks per node come from "
                     "the config");
  }
  return name;
}

std::vector<std::string> split_hosts(std::string_view text) {
  std::vector<std::string> words = words_of(std::string(text));
  for (const std::string& word : words) (void)host_name(word);
  if (words.empty()) refuse(std::string(text), "name a host, or omit the key");
  return words;
}

std::vector<std::string> parse_hostfile(std::string_view text, const std::string& file) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<std::string> out;
  std::istringstream lines{std::string(text)};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    try {
      for (const std::string& word : words_of(line.substr(0, line.find('#')))) {
        if (out.empty() || !is_detail(word)) out.push_back(host_name(word));
      }
    } catch (const Error& error) {
      throw Error(fmt::format("{}:{}: {}", file, number, error.what()), error.hint());
    }
  }
  return out;
}

std::vector<std::string> each_once(const std::vector<std::string>& hosts) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (const std::string& host : hosts) {
    std::string key = host;
    std::transform(key.begin(), key.end(), key.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (seen.insert(key).second) out.push_back(host);
  }
  return out;
}

}  // namespace scalelaw::harness
