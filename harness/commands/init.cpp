#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/command_words.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/init_text.hpp"
#include "harness/commands/prepare.hpp"
#include "harness/commands/results_input.hpp"
#include "harness/config/parse.hpp"
#include "harness/plan/driver_facts.hpp"
#include "harness/plan/drivers.hpp"
#include "harness/plan/runners.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

struct InitAnswers {
  InitChoice text;
  std::string command;  ///< as a shell would read it
  std::string from;     ///< a results file
  std::string output;
  std::string drivers;
  bool force = false;
};

/// One line from the terminal.
std::string answer_to(const std::string& question) {
  print_error(question + " ");
  std::string line;
  if (!std::getline(std::cin, line)) throw Error("there was no answer", "give the options instead");
  return line;
}

/// Asks for what the options do not say.
void ask(InitAnswers& choice) {
  InitChoice& text = choice.text;
  choice.command = answer_to(
      "Command to measure, with {size} and {threads} where they belong (empty: a kernel of "
      "scalelaw):");
  if (choice.command.empty()) {
    text.kernel = answer_to("Kernel (`scalelaw list` names them):");
    return;
  }
  text.threads = answer_to("Threads to measure, such as auto or 1,2,4 (empty: it has one):");
  text.ranks = answer_to("Ranks, if mpirun starts it, such as auto or 1,2,4 (empty: it does not):");
  if (choice.command.find("{size}") != std::string::npos) text.size = answer_to("Size:");
  text.time = answer_to(
      "Pattern of the seconds that it prints, such as \"elapsed: ([0-9.]+) s\" "
      "(empty: time the whole process):");
  text.check = answer_to(
      "Pattern of a result that is the same in every run, such as \"result: (.*)\" (empty: none):");
}

std::vector<const Driver*> drivers_with(const std::string& kernel, const DriverFacts& facts) {
  std::vector<const Driver*> out;
  std::map<std::string, bool> all;
  for (const Driver& driver : facts.models) {
    if (driver.has(kernel)) out.push_back(&driver);
    for (const auto& [name, unused] : driver.kernels) all[name] = true;
  }
  if (!out.empty()) return out;
  throw Error(fmt::format("unknown kernel '{}'", kernel), did_you_mean(kernel, names_of(all)));
}

/// The config that the campaign of a results file had.  Fills in its name.
std::string config_from(const std::string& file, InitChoice& choice) {
  const Results results = open_results(file);
  if (is_imported(results)) {
    throw Error(fmt::format("'{}' has no config: another program measured its times", file),
                "write a config with --command or --kernel");
  }
  const std::string text = config_again(choice, results.config_text);
  if (choice.name.empty()) choice.name = results.name;
  return text;
}

std::string config_text(InitAnswers& choice) {
  if (!choice.from.empty()) return config_from(choice.from, choice.text);
  if (!choice.text.command.empty()) return config_of_command(choice.text);
  const fs::path folder = find_drivers(choice.drivers);
  const DriverFacts facts = ask_drivers(folder, drivers_in(folder));
  require_a_model(folder, {}, facts);
  return config_of_kernel(choice.text, drivers_with(choice.text.kernel, facts));
}

void write(const std::string& output, const std::string& text, bool force) {
  std::error_code unreachable;
  if (!force && fs::exists(output, unreachable)) {
    throw Error(fmt::format("'{}' already exists", output),
                "choose another --output, or replace it with --force");
  }
  std::ofstream file(output, std::ios::trunc);
  file << text;
  file.close();
  if (!file) {
    throw Error(fmt::format("cannot write '{}'", output),
                "choose an --output in an existing, writable folder");
  }
}

int init(InitAnswers choice) {
  InitChoice& text = choice.text;
  const bool told = !choice.command.empty() || !text.kernel.empty() || !choice.from.empty();
  if (!told && isatty(STDIN_FILENO) == 0) {
    throw Error("what should the config measure?",
                "give --command \"./app -n {size}\", --kernel NAME, or --from FILE.h5");
  }
  if (!told) ask(choice);
  if (!choice.command.empty()) {
    CommandWords typed = command_words(choice.command);
    text.command = std::move(typed.words);
    text.env = std::move(typed.env);
  }
  if (text.command.empty() && text.kernel.empty() && choice.from.empty()) {
    throw Error("neither a command nor a kernel was given", "call it again");
  }
  const std::string made = config_text(choice);
  const std::string name = choice.from.empty() ? default_name(text) : text.name;
  const std::string output = choice.output.empty() ? name + ".toml" : choice.output;
  (void)parse_campaign(made, output);  // whatever was typed, what is written is a config
  if (output == "-") {
    print_output(made);
    return exit_well;
  }
  write(output, made, choice.force);
  fmt::print("{}\nnext: {}\n", output, typed_command({"check", output}));
  return exit_well;
}

}  // namespace

Subcommand add_init(CLI::App& app) {
  CLI::App* command = app.add_subcommand("init",
                                         "write a commented config for a command or a kernel, or "
                                         "the config of a results file; asks on a "
                                         "terminal");
  const auto choice = std::make_shared<InitAnswers>();
  InitChoice& text = choice->text;
  CLI::Option* of_command =
      command
          ->add_option("--command", choice->command,
                       "the command to measure, with {size}, {threads}, {ranks} or parameters "
                       "where they belong")
          ->type_name("TEXT");
  CLI::Option* of_kernel =
      command
          ->add_option("--kernel", text.kernel,
                       "measure this kernel instead; `scalelaw list` shows them")
          ->type_name("KERNEL")
          ->excludes(of_command);
  CLI::Option* from =
      command
          ->add_option("--from", choice->from,
                       "the config of this results file instead, with the counts that are given")
          ->type_name("FILE.h5")
          ->excludes(of_command)
          ->excludes(of_kernel);
  command->add_option("--launches", text.launches, "with --from: launches of each point")
      ->check(above_zero())
      ->type_name("N")
      ->needs(from);
  command->add_option("--name", text.name, "name of the campaign")->type_name("TEXT");
  command->add_option("--size", text.size, "the size, or several")->type_name("COUNT,...");
  command->add_option("--threads", text.threads, "threads per rank")->type_name("auto|COUNT,...");
  command->add_option("--ranks", text.ranks, "ranks per node: mpirun or srun starts it")
      ->type_name("auto|COUNT,...");
  command->add_option("--nodes", text.nodes, "nodes to measure on")->type_name("auto|COUNT,...");
  command
      ->add_option("--time", text.time, "a pattern that finds the seconds in the command's output")
      ->type_name("PATTERN")
      ->needs(of_command);
  command
      ->add_option("--check", text.check,
                   "a pattern that finds a result, which must be the same in every launch")
      ->type_name("PATTERN")
      ->needs(of_command);
  command->add_option("-o,--output", choice->output, "the config; -: stdout; default: NAME.toml")
      ->type_name("FILE.toml");
  command->add_flag("--force", choice->force, "replace the file if it exists");
  command
      ->add_option("--drivers", choice->drivers,
                   "folder of the drivers; default: $SCALELAW_DRIVERS, or those of scalelaw")
      ->type_name("DIR");
  return {command, [choice] { return init(*choice); }};
}

}  // namespace scalelaw::harness
