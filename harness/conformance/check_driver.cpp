#include "harness/conformance/check_driver.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <system_error>

#include "common/error.hpp"
#include "common/foreign_json.hpp"
#include "common/nearest.hpp"
#include "harness/conformance/describe_rules.hpp"
#include "harness/conformance/kernel_checks.hpp"
#include "harness/process/find_program.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/scratch_folder.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

fs::path find_driver(const std::string& program) {
  const std::string found = find_program(program);
  if (!found.empty()) return fs::absolute(found);
  std::error_code ignored;
  if (fs::exists(program, ignored)) {
    throw Error(fmt::format("'{}' cannot be executed", program),
                fmt::format("make it executable: chmod +x {}", program));
  }
  throw Error(fmt::format("there is no program '{}'", program),
              program.find('/') == std::string::npos
                  ? fmt::format("write ./{} for a file in this folder", program)
                  : "check its path");
}

void judge(const Tell& tell, const std::string& check, const std::string& found,
           const std::string& fault, const std::string& remedy, const Command& command) {
  if (fault.empty()) {
    tell({.verdict = Verdict::ok, .kernel = "", .check = check, .found = found});
    return;
  }
  tell({.verdict = Verdict::fix,
        .kernel = "",
        .check = check,
        .found = fault,
        .remedy = remedy,
        .command = to_string(command)});
}

/// The driver's catalogue; null when it prints none that can be used.
json check_catalogue(const Program& program, const Tell& tell) {
  const Ran ran = program.ask({"--describe"});
  json catalogue;
  std::string fault;
  if (ran.exit_code != 0 || ran.timed_out) {
    fault = end_of(ran, program.limit_s());
  } else {
    try {
      catalogue = parse_foreign(ran.out);
      fault = fault_of_catalogue(catalogue);
    } catch (const std::exception&) {
      fault = "printed no JSON on stdout: " + ran.out.substr(0, ran.out.find('\n'));
    }
  }
  const std::size_t kernels = fault.empty() ? catalogue["kernels"].size() : 0;
  judge(tell, "--describe", fmt::format("{} kernel{}", kernels, kernels == 1 ? "" : "s"), fault,
        "print one JSON object as docs/record.md and contract/describe.schema.json say",
        ran.command);
  return fault.empty() ? catalogue : json();
}

void check_help(const Program& program, const Tell& tell) {
  const Ran ran = program.ask({"--help"});
  std::string fault;
  if (ran.exit_code != 0 || ran.timed_out) {
    fault = end_of(ran, program.limit_s());
  } else if (ran.out.empty()) {
    fault = "printed nothing on stdout";
  }
  judge(tell, "--help", "", fault, "end with 0 and print on stdout how the program is called",
        ran.command);
}

void check_name(const Program& program, const json& catalogue, const Tell& tell) {
  const auto& name = catalogue["driver"].get_ref<const std::string&>();
  const std::string fault = name == program.name() ? "" : fmt::format("`driver` is \"{}\"", name);
  judge(tell, "name", program.name(), fault,
        "let `driver` be the name of the program, with which its messages begin",
        program.command({"--describe"}));
}

void check_refusal(const Program& program, const Tell& tell, const std::string& check,
                   const Words& words, const std::string& remedy) {
  const Ran ran = program.ask(words);
  judge(tell, check, "", fault_of_refusal(ran, {1}, program.name(), program.limit_s()), remedy,
        ran.command);
}

/// The kernels to check.
std::vector<std::string> chosen_kernels(const DriverCheck& what, const json& catalogue) {
  std::vector<std::string> all;
  for (const auto& [name, kernel] : catalogue["kernels"].items()) all.push_back(name);
  if (what.kernel.empty()) return all;
  if (catalogue["kernels"].contains(what.kernel)) return {what.kernel};
  const std::string near = nearest(what.kernel, all);
  throw Error(fmt::format("{} has no kernel '{}'", what.program, what.kernel),
              near.empty() ? fmt::format("choose one of: {}", fmt::join(all, ", "))
                           : fmt::format("did you mean '{}'?", near));
}

}  // namespace

json check_driver(const DriverCheck& what, const Tell& tell) {
  const Program program(find_driver(what.program), what.limit_s);
  json catalogue = check_catalogue(program, tell);
  if (catalogue.is_null()) return catalogue;
  const std::vector<std::string> kernels = chosen_kernels(what, catalogue);
  check_name(program, catalogue, tell);
  check_help(program, tell);
  check_refusal(program, tell, "no kernel", {},
                "end with 1 and a message with a hint when no kernel is given");
  check_refusal(program, tell, "unknown kernel", {"no_such_kernel"},
                "end with 1 and a message with a hint when a kernel is not known");
  const ScratchFolder scratch;
  for (const std::string& kernel : kernels) {
    if (interrupted()) break;
    check_kernel({program, catalogue, kernel, what.arguments, scratch.path().string()}, tell);
  }
  return catalogue;
}

}  // namespace scalelaw::harness
