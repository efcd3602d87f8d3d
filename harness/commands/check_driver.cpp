#include "harness/conformance/check_driver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "common/field.hpp"
#include "common/json_text.hpp"
#include "common/standard_streams.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/commands.hpp"
#include "harness/process/interrupt.hpp"

namespace scalelaw::harness {
namespace {

enum class Shape { table, json };
constexpr auto enum_names(Shape) {
  return std::array<std::string_view, 2>{"table", "json"};
}

struct CheckChoice {
  std::string program;
  std::string kernel;
  std::vector<std::string> options;  ///< of the kernel's runs
  double limit_s = 60;
  std::string format = "table";
};

/// Refuses misplaced words: without a kernel, the parser takes the first word after -- for one.
DriverCheck read_choice(const CheckChoice& choice) {
  if (choice.kernel.starts_with('-')) {
    throw Error(fmt::format("{} is an option of a kernel, but no kernel is given", choice.kernel),
                "write check-driver PROGRAM KERNEL -- OPTIONS");
  }
  if (!choice.options.empty() && !choice.options.front().starts_with('-')) {
    throw Error(fmt::format("unexpected argument '{}'", choice.options.front()),
                "write check-driver PROGRAM KERNEL -- OPTIONS");
  }
  return {.program = choice.program,
          .kernel = choice.kernel,
          .arguments = choice.options,
          .limit_s = choice.limit_s};
}

const char* label(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return "ok  ";
    case Verdict::skipped:
      return "-   ";
    case Verdict::fix:
      break;
  }
  return "FIX ";
}

/// Each check on a line of its own, as soon as it is done.
class Printer {
 public:
  void show(const DriverFinding& finding) {
    if (finding.kernel != kernel_) fmt::print("{}\n", finding.kernel);
    kernel_ = finding.kernel;
    fmt::print("  {} {}{}{}\n", label(finding.verdict), finding.check,
               finding.found.empty() ? "" : ": ", finding.found);
    if (finding.verdict == Verdict::fix) {
      fmt::print("         {}\n         $ {}\n", finding.remedy, finding.command);
    }
    std::fflush(stdout);
  }

 private:
  std::string kernel_;
};

std::int64_t count(const std::vector<DriverFinding>& findings, Verdict verdict) {
  return std::ranges::count(findings, verdict, &DriverFinding::verdict);
}

std::string summary(const std::string& program, const std::vector<DriverFinding>& findings) {
  const std::int64_t skipped = count(findings, Verdict::skipped),
                     fix = count(findings, Verdict::fix);
  return fmt::format("{}: {} checks, {}{}", program, findings.size(),
                     fix == 0 ? "nothing to fix" : fmt::format("{} to fix", fix),
                     skipped == 0 ? "" : fmt::format(", {} skipped", skipped));
}

nlohmann::ordered_json as_json(const std::string& program, const nlohmann::json& catalogue,
                               const std::vector<DriverFinding>& findings) {
  nlohmann::ordered_json out{{"schema", 1}, {"program", program}};
  for (const char* key : {"driver", "implementation", "model"}) {
    out[key] = catalogue.is_null() ? nullptr : catalogue[key];
  }
  for (const Verdict verdict : {Verdict::ok, Verdict::skipped, Verdict::fix}) {
    out[std::string(to_string(verdict))] = count(findings, verdict);
  }
  out["checks"] = nlohmann::ordered_json::array();
  for (const DriverFinding& finding : findings) {
    out["checks"].push_back({{"kernel", finding.kernel},
                             {"check", finding.check},
                             {"verdict", to_string(finding.verdict)},
                             {"found", finding.found},
                             {"remedy", finding.remedy},
                             {"command", finding.command}});
  }
  return out;
}

int check(const CheckChoice& choice) {
  const Shape shape = enum_from<Shape>(choice.format, "format");
  const DriverCheck what = read_choice(choice);
  catch_interrupts();
  std::vector<DriverFinding> findings;
  Printer printer;
  const nlohmann::json catalogue = check_driver(what, [&](const DriverFinding& finding) {
    findings.push_back(finding);
    if (shape == Shape::table) printer.show(finding);
  });
  if (interrupted()) {
    complain(
        "scalelaw",
        fmt::format("stopped by signal {} after {} checks", interrupt_signal(), findings.size()),
        "call it again");
    return 128 + interrupt_signal();
  }
  if (shape == Shape::json) {
    fmt::print("{}\n", serialize(as_json(what.program, catalogue, findings), 2));
  } else {
    fmt::print("{}\n", summary(what.program, findings));
  }
  return count(findings, Verdict::fix) == 0 ? exit_well : exit_failures;
}

}  // namespace

Subcommand add_check_driver(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "check-driver",
      "run a driver in all the ways that docs/record.md requires, and report what to fix; exits 3 "
      "if anything is wrong");
  const auto choice = std::make_shared<CheckChoice>();
  command->add_option("program", choice->program, "the driver: a path, or a name in PATH")
      ->required()
      ->type_name("PROGRAM");
  command->add_option("kernel", choice->kernel, "check only this kernel")->type_name("KERNEL");
  command
      ->add_option("options", choice->options,
                   "after --, options for the kernel's runs, such as a size; without them a small "
                   "size is chosen")
      ->type_name("-- OPTION");
  command->add_option("--limit", choice->limit_s, "time limit of each run, in seconds")
      ->check(above_zero())
      ->type_name("SECONDS")
      ->capture_default_str();
  add_format_option(*command, choice->format, all_names<Shape>());
  return {command, [choice] { return check(*choice); }};
}

}  // namespace scalelaw::harness
