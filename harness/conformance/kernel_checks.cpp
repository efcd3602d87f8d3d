#include "harness/conformance/kernel_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <optional>
#include <vector>

#include "common/foreign_json.hpp"
#include "common/json_text.hpp"
#include "harness/conformance/describe_rules.hpp"
#include "harness/conformance/record_echo.hpp"
#include "harness/conformance/small_size.hpp"
#include "harness/conformance/terminated_run.hpp"
#include "harness/process/find_program.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/store/record.hpp"
#include "harness/store/record_rules.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

constexpr std::int64_t seed = 7;   // not a default of anybody
constexpr double grace_s = 5;      // from SIGTERM to SIGKILL, as the harness has it
constexpr double sample_s = 0.01;  // of the run that SIGTERM ends
constexpr const char* rules = "write what docs/record.md says";

std::string option_of(const std::string& name) {
  std::string option = "--" + name;
  std::ranges::replace(option, '_', '-');
  return option;
}

/// What is requested of one measured run, besides the kernel's own options.
struct Wanted {
  const char* check;
  std::int64_t diagnostics = 0;
  std::int64_t batch = 0;
  int ranks = 0;  ///< 0: not under mpirun
  std::int64_t threads = 0;
};

class KernelChecks {
 public:
  KernelChecks(const KernelUnderCheck& what, const Tell& tell)
      : what_(what),
        tell_(tell),
        described_(what.catalogue["kernels"][what.kernel]),
        model_(what.catalogue["model"]),
        mpirun_(model_["ranked"].get<bool>() && !find_program("mpirun").empty()) {}

  void run() {
    if (!describe()) return;
    const std::vector<void (KernelChecks::*)()> checks{
        &KernelChecks::size_counts,   &KernelChecks::unknown_option, &KernelChecks::bad_count,
        &KernelChecks::bad_choices,   &KernelChecks::options,        &KernelChecks::check_files,
        &KernelChecks::measured_runs, &KernelChecks::lost_record,    &KernelChecks::terminated};
    for (const auto check : checks) {
      if (interrupted()) return;
      (this->*check)();
    }
  }

 private:
  void ok(const std::string& check, const std::string& found = {}) const {
    tell_({.verdict = Verdict::ok, .kernel = what_.kernel, .check = check, .found = found});
  }
  void skipped(const std::string& check, const std::string& why) const {
    tell_({.verdict = Verdict::skipped, .kernel = what_.kernel, .check = check, .found = why});
  }
  void fix(const std::string& check, const std::string& found, const std::string& remedy,
           const Command& command) const {
    tell_({.verdict = Verdict::fix,
           .kernel = what_.kernel,
           .check = check,
           .found = found,
           .remedy = remedy,
           .command = to_string(without_scratch(command))});
  }
  /// The command for a person, with records in the current folder, because the scratch folder is
  /// removed.
  [[nodiscard]] Command without_scratch(Command command) const {
    for (std::string& word : command.argv) {
      if (word.starts_with(file(""))) word.erase(0, file("").size());
    }
    return command;
  }
  /// Reports success if `fault` is empty, else what to fix.
  void judge(const std::string& check, const std::string& fault, const std::string& remedy,
             const Command& command) const {
    if (fault.empty()) {
      ok(check);
    } else {
      fix(check, fault, remedy, command);
    }
  }

  /// The kernel with the options for its size.
  [[nodiscard]] Words words(const Words& more) const {
    return Words{what_.kernel} + chosen_ + size_ + what_.arguments + more;
  }
  [[nodiscard]] const Program& program() const { return what_.program; }
  [[nodiscard]] std::string file(const std::string& name) const {
    return what_.scratch + "/" + name;
  }

  /// The answer to a question.  `fault` is set when there is none.
  json answer_to(const Words& words, std::string& fault, Command* command = nullptr) const {
    const Ran ran = program().ask(words);
    if (command != nullptr) *command = ran.command;
    fault.clear();
    if (ran.timed_out || ran.exit_code != 0) {
      fault = end_of(ran, program().limit_s());
      return nullptr;
    }
    try {
      json answer = parse_foreign(ran.out);
      fault = fault_of_answer(answer);
      if (fault.empty()) fault = fault_beside_catalogue(answer, what_.kernel, what_.catalogue);
      return answer;
    } catch (const std::exception&) {
      fault = fmt::format("printed no JSON on stdout{}",
                          ran.out.empty() ? "" : ": " + ran.out.substr(0, ran.out.find('\n')));
      return nullptr;
    }
  }

  [[nodiscard]] static Words question() { return {"--seed", std::to_string(seed), "--describe"}; }

  [[nodiscard]] bool is_described(const Words& more) const {
    std::string fault;
    answer_to(Words{what_.kernel} + more + question(), fault);
    return fault.empty();
  }

  /// Finds parameters that the driver takes.  It may refuse its defaults when it supports less than
  /// another driver; then another choice of one parameter is tried.
  void choose_params() {
    if (!what_.arguments.empty() || is_described({})) return;
    for (const json& param : described_["params"]) {
      for (const json& choice : param.value("choices", json::array())) {
        const Words words{option_of(param["name"]), choice};
        if (interrupted()) return;
        if (choice != param["default"] && is_described(words)) {
          chosen_ = words;
          return;
        }
      }
    }
  }

  /// Chooses a small size when none was given.
  void choose_size() {
    const auto& name = described_["size_parameter"].get_ref<const std::string&>();
    if (!what_.arguments.empty() || name.empty()) return;
    const auto param = std::ranges::find_if(described_["params"],
                                            [&](const json& one) { return one["name"] == name; });
    const json& usual = (*param)["default"];
    if (!usual.is_number_integer()) return;
    const auto size_words = [&](std::int64_t size) {
      return Words{option_of(name), std::to_string(size)};
    };
    const auto work_of = [&](std::int64_t size) -> json {
      std::string fault;
      const json answer =
          answer_to(Words{what_.kernel} + chosen_ + size_words(size) + question(), fault);
      return fault.empty() ? answer["work"] : json();
    };
    if (const auto size = small_size(usual.get<std::int64_t>(), work_of)) size_ = size_words(*size);
  }

  bool describe() {
    choose_params();
    choose_size();
    std::string fault;
    Command command;
    answer_ = answer_to(words(question()), fault, &command);
    if (fault.empty()) {
      const Words with = size_ + chosen_;
      ok("--describe", with.empty() ? "" : fmt::format("with {}", fmt::join(with, " ")));
    } else {
      fix("--describe", fault,
          "print one JSON object as docs/record.md and contract/describe.schema.json say; if it "
          "needs other parameters, give them: check-driver PROGRAM KERNEL -- OPTION...",
          command);
    }
    return fault.empty();
  }

  /// Checks that a larger size gives more operations.  It uses ten times the size, because small
  /// sizes may be rounded.
  void size_counts() {
    if (size_.empty()) return;
    const Words larger{size_[0], std::to_string(10 * std::stoll(size_[1]))};
    Command command;
    std::string fault;
    const json more =
        answer_to(Words{what_.kernel} + chosen_ + larger + question(), fault, &command);
    const json& before = answer_["work"]["operations"];
    if (fault.empty() && more["work"]["operations"] <= before) {
      fault = fmt::format("`work.operations` is {} with {}, and {} with {}",
                          serialize(more["work"]["operations"]), larger[1], serialize(before),
                          size_[1]);
    }
    judge("size", fault,
          fmt::format("let `operations` grow with {}, which weak scaling counts on", size_[0]),
          command);
  }

  /// Checks that wrong usage is refused, with exit status 1 and a message.
  void refused(const std::string& check, const Words& more, const std::string& remedy) const {
    const Ran ran = program().ask(words(more));
    judge(check, fault_of_refusal(ran, {1}, program().name(), program().limit_s()), remedy,
          ran.command);
  }

  void unknown_option() {
    refused("unknown option", {"--no-such-option"},
            "end with 1 and a message with a hint when an option is not known");
  }

  void bad_count() {
    refused("--samples many", {"--samples", "many"},
            "end with 1 and a message with a hint when a value is not a count");
  }

  void bad_choices() {
    for (const char* list : {"params", "options"}) {
      for (const json& one : described_[list]) {
        if (one["type"] != "choice" || interrupted()) continue;
        const std::string option = option_of(one["name"]);
        refused(option + " no-such-value", {option, "no-such-value"},
                "end with 1 and a message with a hint when a value is not one of the choices");
      }
    }
  }

  /// Checks that every value of an option is accepted, or refused with a message: it may need
  /// something that this machine lacks.
  void options() {
    for (const json& option : described_["options"]) {
      if (option["type"] == "text") continue;
      const json& values = option.contains("choices") ? option["choices"] : json::array({1});
      for (const json& value : values) {
        Words given{option_of(option["name"])};
        if (option["type"] != "bool") given.push_back(json_text(value));
        if (!interrupted()) option_value(given);
      }
    }
  }

  void option_value(const Words& option) const {
    const std::string check = fmt::format("{}", fmt::join(option, " "));
    const Ran ran = program().ask(words(option + question()));
    if (ran.exit_code == 0 && !ran.timed_out) {
      ok(check);
      return;
    }
    const std::string fault = fault_of_refusal(ran, {1}, program().name(), program().limit_s());
    if (fault.empty()) {
      ok(check, "refused, with a remedy");
      return;
    }
    fix(check, fault,
        "take each value that --describe lists, or refuse it with 1 and a message that says what "
        "it needs",
        ran.command);
  }

  void check_files() {
    const Ran ran = program().ask(words({"--seed", std::to_string(seed), "--check"}));
    std::string fault;
    if (ran.exit_code != 0 || ran.timed_out) {
      fault = end_of(ran, program().limit_s());
    } else if (!ran.err.empty()) {
      fault =
          "printed on stderr although nothing is wrong: " + ran.err.substr(0, ran.err.find('\n'));
    }
    judge("--check", fault, "end with 0 and print nothing when inputs and outputs are valid",
          ran.command);
  }

  /// Whether the driver decides how many samples a launch has.
  [[nodiscard]] bool decides_samples() const {
    return answer_["work"].value("samples", "asked") == "own";
  }

  /// How a plain run of this model is started.
  [[nodiscard]] int plain_ranks() const { return mpirun_ ? 1 : 0; }

  void measured_runs() {
    measured({.check = "run", .ranks = plain_ranks()});
    measured({.check = "--batch 3", .batch = 3, .ranks = plain_ranks()});
    if (answer_["work"].value("diagnostics", true)) {
      measured({.check = "--diagnostics 1", .diagnostics = 1, .ranks = plain_ranks()});
    } else {
      skipped("--diagnostics 1", "`work.diagnostics` is false");
    }
    if (model_["threaded"].get<bool>()) {
      measured({.check = "--threads 2", .ranks = plain_ranks(), .threads = 2});
    }
    if (!model_["ranked"].get<bool>()) return;
    if (mpirun_) {
      measured({.check = "2 ranks",
                .diagnostics = answer_["work"].value("diagnostics", true) ? 1 : 0,
                .ranks = 2});
    } else {
      skipped("2 ranks", "there is no mpirun in PATH");
    }
  }

  void measured(const Wanted& wanted) {
    if (interrupted()) return;
    const std::string record = file("record.jsonl");
    std::error_code ignored;
    std::filesystem::remove(record, ignored);
    const std::int64_t threads = std::max<std::int64_t>(1, wanted.threads);
    Words more{"--seed", std::to_string(seed), "--warmups", "0", "--samples", "2"};
    if (wanted.diagnostics > 0) more = more + Words{"--diagnostics", "1"};
    if (wanted.batch > 0) more = more + Words{"--batch", std::to_string(wanted.batch)};
    if (model_["threaded"].get<bool>()) more = more + Words{"--threads", std::to_string(threads)};
    const Ran ran = program().measure(words(more + Words{"--record", record}), wanted.ranks);
    const std::string fault = fault_of_run(ran, record, wanted, threads);
    judge(wanted.check, fault, rules, ran.command);
  }

  [[nodiscard]] std::string fault_of_run(const Ran& ran, const std::string& path,
                                         const Wanted& wanted, std::int64_t threads) {
    if (ran.exit_code != 0 || ran.timed_out) return end_of(ran, program().limit_s());
    const Record record = read_record(path);
    if (!record.fault.empty()) return record.fault;
    if (!record.samples.empty()) pass_s_ = record.samples.back().total_s;
    const AskedFor asked{.catalogue = what_.catalogue,
                         .kernel = what_.kernel,
                         .answer = answer_,
                         .default_options = what_.arguments.empty(),
                         .own_samples = decides_samples(),
                         .diagnostics = wanted.diagnostics,
                         .batch = wanted.batch,
                         .seed = seed,
                         .ranks = std::max(1, wanted.ranks),
                         .threads = threads};
    std::string fault = fault_of_echo(record, asked);
    if (fault.empty())
      fault = fault_of_claims(record, {asked.own_samples ? 0 : asked.samples, ran.wall_s});
    if (fault.empty() && !ran.left_behind.empty()) {
      fault = "left running: " + ran.left_behind.front();
    }
    return fault;
  }

  /// Checks that a record that cannot be written is an error, before or after measuring.
  void lost_record() {
    const auto with = [&](const std::string& path) {
      return words({"--warmups", "0", "--samples", "1", "--record", path});
    };
    const Ran nowhere = program().ask(with(file("no/such/folder/record.jsonl")));
    judge("--record in no folder",
          fault_of_refusal(nowhere, {1, 3}, program().name(), program().limit_s()),
          "end with 1 or 3 and a message with a hint when the record cannot be written",
          nowhere.command);
    if (interrupted() || !std::filesystem::exists("/dev/full")) return;
    const Ran full = program().ask(with("/dev/full"));
    judge("--record on a full disk",
          fault_of_refusal(full, {3}, program().name(), program().limit_s()),
          "end with 3 and a message with a hint when the disk is full", full.command);
  }

  void terminated() {
    const std::string record = file("terminated.jsonl");
    std::error_code ignored;
    std::filesystem::remove(record, ignored);
    // Long in all, but not until its first sample.
    const auto batch = static_cast<std::int64_t>(std::clamp(sample_s / pass_s_, 1.0, 10'000.0));
    const Words more{"--warmups",           "0",        "--samples", "100000", "--batch",
                     std::to_string(batch), "--record", record};
    const Command command = program().command(words(more), mpirun_ ? 2 : 0);
    const Terminated run =
        terminate_during(command, record, file("log.txt"), program().limit_s(), grace_s);
    if (interrupted()) return;
    if (run.early && run.exit_code == 0 && decides_samples()) {
      return skipped("SIGTERM",
                     "the driver decides how long it runs, and this was not long enough");
    }
    judge("SIGTERM", fault_of(run),
          "let SIGTERM end the program and everything that it has started", command);
  }

  [[nodiscard]] std::string fault_of(const Terminated& run) const {
    if (run.early) {
      return fmt::format("a long run ended by itself with exit status {}", run.exit_code);
    }
    if (!run.began) {
      return fmt::format("a long run had no record after {} s: write each line at once",
                         program().limit_s());
    }
    if (!run.in_time) return fmt::format("was still running {} s after SIGTERM", grace_s);
    if (run.exit_code == 0) return "ended with exit status 0 after SIGTERM, as if it had finished";
    if (!run.left_behind.empty()) return "left running after SIGTERM: " + run.left_behind.front();
    return {};
  }

  const KernelUnderCheck& what_;
  const Tell& tell_;
  const json& described_;
  const json& model_;
  bool mpirun_;           ///< runs are started by mpirun
  Words chosen_;          ///< of a parameter whose default is refused
  Words size_;            ///< the size parameter and a small value
  double pass_s_ = 1e-6;  ///< the time of a pass, as a run of this kernel had it
  json answer_;
};

}  // namespace

void check_kernel(const KernelUnderCheck& what, const Tell& tell) {
  KernelChecks(what, tell).run();
}

}  // namespace scalelaw::harness
