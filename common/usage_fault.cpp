#include "common/usage_fault.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "common/nearest.hpp"

namespace scalelaw {
namespace {

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* subcommand : app.get_subcommands(nullptr)) {
    names.push_back(subcommand->get_name());
  }
  return names;
}

/// The unknown argument to report, or empty.  After a subcommand, an unknown option is more telling
/// than the value before or after it.
std::string unknown_argument(const std::vector<std::string>& unknown, bool in_subcommand) {
  if (unknown.empty()) return "";
  const auto option = std::find_if(unknown.begin(), unknown.end(),
                                   [](const std::string& text) { return text.starts_with("--"); });
  if (!in_subcommand || option == unknown.end()) return unknown.front();
  return option->substr(0, option->find('='));
}

bool is_missing(const CLI::ParseError& error) {
  return dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
}

/// What an option cannot have as its value.
Error bad_value(const CLI::App& app, const std::string& option, const std::string& value,
                const std::string& see) {
  const CLI::Option* const known = app.get_option_no_throw(option);
  if (known == nullptr || known->get_expected_max() > 0) {
    return Error(fmt::format("{}: '{}' is not a number", option, value), see);
  }
  return Error(fmt::format("'{}' takes no value, and '{}' is given", option, value),
               fmt::format("write {} alone, or omit it", option));
}

/// CLI11's "Could not convert: --share = half", and "--launcher: 1 required {a,b} missing", in words.
Error in_words(const CLI::App& app, const CLI::ParseError& error, const std::string& see) {
  const std::string what = error.what();
  const std::string mark = "Could not convert: ";
  const std::size_t equal = what.find(" = ");
  if (what.starts_with(mark) && equal != std::string::npos) {
    return bad_value(app, what.substr(mark.size(), equal - mark.size()), what.substr(equal + 3),
                     see);
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr && what.ends_with("missing")) {
    return Error(fmt::format("'{}' needs a value", what.substr(0, what.find(':'))), see);
  }
  return Error(what, see);
}

/// "'file' is missing", of CLI11's "file is required".
std::string what_is_missing(std::string text) {
  const std::size_t end = text.find(" is required");
  return end == std::string::npos ? text : fmt::format("'{}' is missing", text.substr(0, end));
}

}  // namespace

Error usage_fault(const CLI::App& app, const CLI::ParseError& error,
                  const std::string& subcommand) {
  const CLI::App* used = &app;
  for (const CLI::App* chosen : app.get_subcommands()) used = chosen;
  const std::string program =
      used == &app ? app.get_name() : app.get_name() + " " + used->get_name();
  const std::string see = fmt::format("see {} --help", program);
  const std::string unknown = unknown_argument(app.remaining(true), used != &app);
  if (unknown.starts_with("-")) {
    const std::string meant = nearest(unknown, option_names(*used));
    return Error(fmt::format("unknown option '{}'", unknown),
                 meant.empty() ? see : fmt::format("did you mean '{}'? {}", meant, see));
  }
  if (unknown.empty() && used == &app && is_missing(error)) {
    return Error(fmt::format("no {} is given", subcommand), see);
  }
  if (unknown.empty() && is_missing(error)) return Error(what_is_missing(error.what()), see);
  if (unknown.empty()) return in_words(*used, error, see);
  if (used != &app) return Error(fmt::format("unexpected argument '{}'", unknown), see);
  const std::vector<std::string> known = subcommand_names(app);
  const std::string meant = nearest(unknown, known);
  return Error(fmt::format("unknown {} '{}'", subcommand, unknown),
               meant.empty() ? fmt::format("choose one of: {}", fmt::join(known, ", "))
                             : fmt::format("did you mean '{}'?", meant));
}

}  // namespace scalelaw
