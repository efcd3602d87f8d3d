#include "harness/config/driver.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <filesystem>
#include <limits>

#include "adapter/pattern.hpp"
#include "adapter/placeholders.hpp"
#include "adapter/work_expression.hpp"
#include "common/json_text.hpp"

namespace scalelaw::harness {
namespace {

using adapter::Definition;
using Words = std::vector<std::string>;

/// Runs `step`, and adds the key and its line to what it throws.
template <class F>
void at_key(const Value& value, F&& step) {
  try {
    step();
  } catch (const Error& error) {
    value.fail(error.what(), error.hint());
  }
}

/// A reader of one key, which is noted with its line.
template <class F>
auto noted(F set) {
  return [=](ConfigDriver& out, const Value& value) {
    out.lines[value.key()] = value.line();
    set(out, value);
  };
}

/// A text with placeholders.
std::string checked_text(const Value& value, std::string text) {
  at_key(value, [&] { (void)adapter::placeholders_in(text); });
  return text;
}

auto command_into(Words Definition::*member) {
  return noted([=](ConfigDriver& out, const Value& value) {
    const Words words = value.texts();
    if (value.node().is_string() && words.front().find(' ') != std::string::npos) {
      value.fail(fmt::format("'{}' is one word with blanks", words.front()),
                 "write a list with a text for each word: [\"./app\", \"-n\", \"{size}\"]");
    }
    for (const std::string& word : words) {
      (out.command.*member).push_back(checked_text(value, word));
    }
  });
}

auto text_of_command(std::string Definition::*member) {
  return noted([=](ConfigDriver& out, const Value& value) { out.command.*member = value.text(); });
}

bool is_word(const std::string& text, const char* others) {
  const auto inside = [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::strchr(others, c) != nullptr;
  };
  return !text.empty() && text.size() <= 100 &&
         std::isalpha(static_cast<unsigned char>(text.front())) != 0 &&
         std::ranges::all_of(text, inside);
}

void read_name(ConfigDriver& out, const Value& value) {
  out.command.name = value.text();
  if (!is_word(out.name(), "_-")) {
    value.fail(fmt::format("'{}' is no name for a driver", out.name()),
               "take letters, digits, '_' and '-', a letter first");
  }
  if (out.name() == own_implementation) {
    value.fail(fmt::format("'{}' is the name of this project's own drivers", out.name()),
               "choose another");
  }
}

void read_kernel(ConfigDriver& out, const Value& value) {
  out.command.kernel = value.text();
  if (!is_word(out.command.kernel, "_")) {
    value.fail(fmt::format("'{}' is no name for a kernel", out.command.kernel),
               "take letters, digits and '_', a letter first");
  }
}

const Keys<Definition>& model_keys() {
  static const Keys<Definition> keys{
      {"threaded", "true or false", "false", flag_into(&Definition::threaded)},
      {"ranked", "true or false", "false", flag_into(&Definition::ranked)},
  };
  return keys;
}

void read_model(ConfigDriver& out, const Value& value) {
  const toml::table* table = value.node().as_table();
  if (table == nullptr) {
    value.fail(value.shown() + " is not a table", "write model = { threaded = true }");
  }
  read_table(*table, "model", model_keys(), out.command, value.file());
}

void read_env(ConfigDriver& out, const Value& value) {
  const toml::table* table = value.node().as_table();
  if (table == nullptr) {
    value.fail(value.shown() + " is not a table",
               "write env = { OMP_NUM_THREADS = \"{threads}\" }");
  }
  for (const auto& [name, node] : *table) {
    const Value one(node, std::string(name.str()), value.file());
    const Setting setting = one.setting();
    if (setting.values.size() != 1) one.fail("it has a list", "give each variable one value");
    if (name.str().find('=') != std::string_view::npos) {
      one.fail("its name has a '='", "write NAME = \"value\"");
    }
    out.command.env[setting.name] = checked_text(one, json_text(setting.values.front()));
  }
}

void read_time(ConfigDriver& out, const Value& value) {
  out.command.time = value.text();
  at_key(value, [&] { adapter::require_time_pattern(out.command.time); });
}

void read_check(ConfigDriver& out, const Value& value) {
  out.command.check = value.text();
  at_key(value, [&] { (void)adapter::Pattern(out.command.check); });
}

void read_work(ConfigDriver& out, const Value& value) {
  out.command.work = value.text();
  at_key(value, [&] { (void)adapter::names_in_expression(out.command.work); });
}

/// Where a key stands in the config, for a message about it.
std::string place_of(const std::string& file, const ConfigDriver& driver, const std::string& key) {
  const auto found = driver.lines.find(key);
  return fmt::format("{}:{}: '{}'", file, found == driver.lines.end() ? driver.line : found->second,
                     key);
}

/// Keys that need another one.
void check_company(const ConfigDriver& driver, const std::string& file) {
  const std::pair<const char*, const char*> needs[] = {
      {"time_unit", "time"}, {"check_tolerance", "check"}, {"unit", "work"}};
  for (const auto& [key, needed] : needs) {
    if (!driver.lines.contains(key) || driver.lines.contains(needed)) continue;
    throw Error(fmt::format("{} has no effect without '{}'", place_of(file, driver, key), needed),
                fmt::format("add {} = \"...\", or omit it", needed));
  }
  for (const char* key : {"setup", "teardown"}) {
    const Words& words =
        key == std::string_view("setup") ? driver.command.setup : driver.command.teardown;
    for (const std::string& word : words) {
      if (std::ranges::count(adapter::placeholders_in(word), "sample") == 0) continue;
      throw Error(
          fmt::format("{} has {{sample}}, but runs once a launch", place_of(file, driver, key)),
          "omit {sample} there");
    }
  }
}

/// Words of every driver's command line, which a parameter cannot be called.
constexpr std::array<const char*, 8> taken_words{"warmups", "samples",  "diagnostics", "batch",
                                                 "record",  "describe", "check",       "help"};

void check_parameters(const ConfigDriver& driver, const std::string& file) {
  for (const std::string& name : adapter::parameters_of(driver.command)) {
    if (std::ranges::find(taken_words, name) == taken_words.end()) continue;
    throw Error(fmt::format("{}:{}: {{{}}} of the driver '{}' is a word of every driver", file,
                            driver.line, name, driver.name()),
                "call the parameter otherwise");
  }
}

/// The expression can use what the command gets.
void check_work(const ConfigDriver& driver, const std::string& file) {
  if (driver.command.work.empty()) return;
  Words known = adapter::parameters_of(driver.command);
  if (adapter::has_placeholder(driver.command, "size")) known.emplace_back("size");
  for (const std::string& name : adapter::names_in_expression(driver.command.work)) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string meant = nearest(name, known);
    throw Error(fmt::format("{} names '{}', which the command does not get",
                            place_of(file, driver, "work"), name),
                !meant.empty()  ? fmt::format("did you mean '{}'?", meant)
                : known.empty() ? std::string("add {size} to the command")
                                : fmt::format("use: {}", fmt::join(known, ", ")));
  }
}

/// What starts ranks is started by scalelaw, once.
void check_not_a_launcher(const ConfigDriver& driver, const std::string& file) {
  constexpr std::array<std::string_view, 7> launchers{"mpirun", "mpiexec", "orterun", "prterun",
                                                      "srun",   "aprun",   "jsrun"};
  const Words& words = driver.command.command;
  const std::string program = std::filesystem::path(words.front()).filename();
  if (!driver.command.ranked || std::ranges::find(launchers, program) == launchers.end()) return;
  throw Error(
      fmt::format("{} starts {}, and so does scalelaw where model has ranked = true",
                  place_of(file, driver, "command"), program),
      fmt::format("write the program that {} is to start: scalelaw starts its ranks", program));
}

void check_driver(ConfigDriver& driver, const std::string& file) {
  const bool has_command = !driver.command.command.empty();
  const std::string where = fmt::format("{}:{}: the driver '{}'", file, driver.line, driver.name());
  if (has_command == driver.keeps_contract()) {
    throw Error(
        fmt::format(
            "{} has {}", where,
            has_command ? "both a command and a program" : "neither a command nor a program"),
        "write command = [\"./app\", \"-n\", \"{size}\"], or program = \"./driver\" for one "
        "that keeps docs/record.md");
  }
  if (driver.keeps_contract()) {
    for (const auto& [key, line] : driver.lines) {
      if (key == "program" || key == "name") continue;
      throw Error(fmt::format("{}:{}: '{}' has no effect beside 'program'", file, line, key),
                  "omit it: such a program describes itself");
    }
    return;
  }
  if (driver.command.kernel.empty()) {
    driver.command.kernel = driver.name();
    std::ranges::replace(driver.command.kernel, '-', '_');
  }
  check_not_a_launcher(driver, file);
  check_company(driver, file);
  check_parameters(driver, file);
  check_work(driver, file);
}

}  // namespace

const Keys<ConfigDriver>& driver_keys() {
  using D = Definition;
  static const Keys<ConfigDriver> keys{
      {"name", "text: letters, digits, '_' and '-'", "none: required", noted(read_name), true},
      {"command", "list of texts", "none: this or program", command_into(&D::command)},
      {"program", "text", "none: this or command",
       noted([](ConfigDriver& out, const Value& value) { out.program = value.text(); })},
      {"kernel", "text: letters, digits and '_'", "the driver's name", noted(read_kernel)},
      {"model", "table of: threaded, ranked", "one process with one thread", noted(read_model)},
      {"env", "table of texts", "none", noted(read_env)},
      {"folder", "text", "where scalelaw runs", noted([](ConfigDriver& out, const Value& value) {
         out.command.folder = checked_text(value, value.text());
       })},
      {"setup", "list of texts", "none", command_into(&D::setup)},
      {"teardown", "list of texts", "none", command_into(&D::teardown)},
      {"time", "text: a pattern", "the wall clock of the process", noted(read_time)},
      {"time_unit", "s, ms, us, ns or min", "s", noted([](ConfigDriver& out, const Value& value) {
         out.command.time_unit = value.one_of<adapter::TimeUnit>();
       })},
      {"check", "text: a pattern", "none", noted(read_check)},
      {"check_tolerance", "number above 0", "none: equal texts",
       noted([](ConfigDriver& out, const Value& value) {
         out.command.check_tolerance = value.number(0);
       })},
      {"work", "text: an expression", "none: no weak scaling", noted(read_work)},
      {"unit", "text", "none: no rate", text_of_command(&D::unit)},
  };
  return keys;
}

void read_drivers(Campaign& out, const Value& value) {
  const toml::array* array = value.node().as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
    value.fail(value.shown() + " is not a list of tables",
               "write [[driver]], with two brackets, on a line");
  }
  for (const toml::node& node : *array) {
    const toml::table& table = *node.as_table();
    ConfigDriver driver;
    driver.line = static_cast<int>(table.source().begin.line);
    read_table(table, "[[driver]]", driver_keys(), driver, value.file());
    check_driver(driver, value.file());
    if (out.find_driver(driver.name()) != nullptr) {
      throw Error(fmt::format("{}:{}: two drivers are called '{}'", value.file(), driver.line,
                              driver.name()),
                  "give each its own 'name'");
    }
    out.drivers.push_back(std::move(driver));
  }
}

}  // namespace scalelaw::harness
