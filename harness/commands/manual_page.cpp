// Manual pages, generated from the command line's own description.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "harness/commands/command_line.hpp"

namespace scalelaw::harness {
namespace {

/// `text` as roff shows it: minus signs that can be copied, no accidental requests.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) {
      out += std::string("\\&") + c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string heading(const std::string& page, const std::string& version) {
  return fmt::format(".TH {} 1 \"\" \"{}\" \"User Commands\"\n", upper(roff(page)), roff(version));
}

std::string name_section(const std::string& page, const std::string& summary) {
  return fmt::format(".SH NAME\n{} \\- {}\n", roff(page),
                     roff(summary.substr(0, summary.find('\n'))));
}

std::string value_of(const OptionLine& option) {
  if (option.value.empty()) return "";
  return fmt::format(" \\fI{}\\fR{}", roff(option.value), option.repeated ? "..." : "");
}

std::string flag_list(const OptionLine& option) {
  std::vector<std::string> flags;
  for (const std::string& name : option.short_names) {
    flags.push_back("\\fB\\-" + roff(name) + "\\fR");
  }
  for (const std::string& name : option.long_names) {
    flags.push_back("\\fB\\-\\-" + roff(name) + "\\fR");
  }
  return fmt::format("{}", fmt::join(flags, ", "));
}

std::string entry(const std::string& tag, const OptionLine& option) {
  const std::string fallback = option.fallback.empty() ? "" : "; default: " + roff(option.fallback);
  return fmt::format(".TP\n{}\n{}{}\n", tag, roff(option.help), fallback);
}

std::string argument_tag(const OptionLine& argument) {
  return fmt::format("\\fI{}\\fR", roff(argument.long_names.front()));
}

std::string options_section(const CommandLine& command) {
  std::string text;
  if (!command.arguments.empty()) text += ".SH ARGUMENTS\n";
  for (const OptionLine& argument : command.arguments) {
    text += entry(argument_tag(argument), argument);
  }
  if (!command.options.empty()) text += ".SH OPTIONS\n";
  for (const OptionLine& option : command.options) {
    text += entry(flag_list(option) + value_of(option), option);
  }
  return text;
}

/// "[OPTIONS] FILE [KERNEL]".
std::string synopsis_of(const CommandLine& command) {
  std::string text = "[\\fIOPTIONS\\fR]";
  for (const OptionLine& argument : command.arguments) {
    const std::string shown = argument_tag(argument) + (argument.repeated ? "..." : "");
    text += argument.required ? " " + shown : " [" + shown + "]";
  }
  return text;
}

}  // namespace

std::string manual_page(const CommandLine& command, const std::string& version) {
  std::string text =
      heading(command.name, version) + name_section(command.name, command.summary) +
      fmt::format(".SH SYNOPSIS\n.B {}\n\\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n", roff(command.name));
  text += ".SH COMMANDS\n";
  for (const CommandLine& each : command.commands) {
    text += fmt::format(".TP\n.BR {}\\-{} (1)\n{}\n", roff(command.name), roff(each.name),
                        roff(each.summary));
  }
  return text + options_section(command) + ".SH EXIT STATUS\n" + roff(command.footer) + "\n";
}

std::string manual_page(const CommandLine& command, const CommandLine& subcommand,
                        const std::string& version) {
  const std::string page = command.name + "-" + subcommand.name;
  return heading(page, version) + name_section(page, subcommand.summary) +
         fmt::format(".SH SYNOPSIS\n.B {} {}\n{}\n", roff(command.name), roff(subcommand.name),
                     synopsis_of(subcommand)) +
         options_section(subcommand) + ".SH EXIT STATUS\n" + roff(command.footer) +
         fmt::format("\n.SH SEE ALSO\n.BR {} (1)\n", roff(command.name));
}

}  // namespace scalelaw::harness
