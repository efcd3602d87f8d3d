// The adapter: speaks the contract (docs/record.md) for a program that knows nothing of it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>

#include "adapter/child.hpp"
#include "adapter/definition.hpp"
#include "adapter/description.hpp"
#include "adapter/session.hpp"
#include "common/build_info.hpp"
#include "common/error.hpp"
#include "common/json_text.hpp"
#include "common/quantity.hpp"
#include "common/standard_streams.hpp"
#include "common/usage_fault.hpp"

namespace {

using namespace scalelaw;
using namespace scalelaw::adapter;

// Exit statuses, as docs/record.md has them.
constexpr int well = 0, usage_error = 1, wrong_result = 2, failure = 3;

/// The command line of a kernel.
struct Choice {
  Asked asked;
  std::int64_t diagnostics = 0;
  bool describe = false;
  bool check = false;
};

void add_count(CLI::App& app, const std::string& option, const std::string& help, std::int64_t min,
               const std::function<void(std::int64_t)>& set) {
  app.add_option_function<std::string>(
         option,
         [=](const std::string& text) {
           try {
             const std::int64_t value = parse_count(text);
             if (value < min) throw Error(fmt::format("{} is too small", text));
             set(value);
           } catch (const Error& error) {
             throw CLI::ValidationError(option, error.what());
           }
         },
         help)
      ->type_name("COUNT");
}

void add_options(CLI::App& app, const Definition& definition, Choice& choice) {
  Asked& asked = choice.asked;
  if (has_placeholder(definition, "size")) {
    add_count(app, "--size", "what stands for {size}", 1,
              [&](std::int64_t value) { asked.size = value; });
  }
  for (const std::string& name : parameters_of(definition)) {
    std::string option = "--" + name;
    std::ranges::replace(option, '_', '-');
    app.add_option_function<std::string>(
           option, [&asked, name](const std::string& text) { asked.params[name] = text; },
           fmt::format("what stands for {{{}}}", name))
        ->type_name("TEXT");
  }
  if (definition.threaded) {
    add_count(app, "--threads", "threads of each process", 1,
              [&](std::int64_t value) { asked.threads = value; });
  }
  const auto into = [](std::int64_t& target) {
    return [&target](std::int64_t value) { target = value; };
  };
  add_count(app, "--seed", "what stands for {seed}", 0, into(asked.seed));
  add_count(app, "--warmups", "runs before the first sample", 0, into(asked.warmups));
  add_count(app, "--samples", "timed samples", 1, into(asked.samples));
  add_count(app, "--diagnostics", "diagnostic samples: a command has none", 0,
            into(choice.diagnostics));
  app.add_option_function<std::string>(
         "--batch",
         [&asked](const std::string& text) {
           try {
             asked.batch = text == "auto" ? 1 : std::max<std::int64_t>(1, parse_count(text));
           } catch (const Error& error) {
             throw CLI::ValidationError("--batch", error.what());
           }
         },
         "runs of each sample")
      ->type_name("COUNT|auto");
  app.add_option("--record", asked.record, "write the record (JSON Lines) to this file")
      ->type_name("FILE");
  app.add_flag("--describe", choice.describe, "print the work model as JSON and run nothing");
  app.add_flag("--check", choice.check, "check that the programs are there, and run nothing");
}

int run(const Definition& definition, const Choice& choice) {
  try {
    if (choice.diagnostics > 0) {
      throw Error("a command has no diagnostic samples", "omit --diagnostics");
    }
    if (choice.describe) {
      print_output(serialize(answer_of(definition, choice.asked)) + "\n");
      return well;
    }
    require_ready(definition, choice.asked);
    if (choice.check) return well;
  } catch (const Error& error) {
    complain(program_name, error.what(), error.hint());
    return usage_error;
  }
  catch_end_signals();
  try {
    return measure(definition, choice.asked) ? well : wrong_result;
  } catch (const Error& fault) {
    if (asked_to_end() == 0) complain(program_name, fault.what(), fault.hint());
  }
  if (const int signal = asked_to_end(); signal != 0) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  return failure;
}

/// The definition on the command line, which decides what else may stand there.
std::string definition_text(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::string_view(argv[i]) == "--definition") return argv[i + 1];
  }
  return {};
}

int run_adapter(int argc, char** argv) {
  CLI::App app(
      "Measures a program that knows nothing of scalelaw: a [[driver]] with a command.\n"
      "scalelaw starts it, once for each rank (docs/measuring-a-command.md).",
      program_name);
  app.set_version_flag("--version",
                       fmt::format("{} {} ({})", program_name, build::version, build::revision));
  std::string text;
  bool describe = false;
  app.add_option("--definition", text, "the command and how to measure it")->type_name("JSON");
  app.add_flag("--describe", describe, "list what can be run as JSON");
  std::optional<Definition> definition;
  Choice choice;
  CLI::App* kernel = nullptr;
  if (const std::string given = definition_text(argc, argv); !given.empty()) {
    definition = parse_definition(given);
    kernel = app.add_subcommand(definition->kernel, "the command");
    add_options(*kernel, *definition, choice);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    throw usage_fault(app, error, "kernel");
  }
  if (!definition) {
    throw Error("there is no --definition", "let scalelaw start this program");
  }
  if (kernel->parsed()) return run(*definition, choice);
  if (!describe) throw Error("which kernel?", fmt::format("it is called {}", definition->kernel));
  print_output(serialize(catalogue_of(*definition)) + "\n");
  return well;
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  int status = usage_error;
  try {
    status = run_adapter(argc, argv);
  } catch (const Error& error) {
    complain(program_name, error.what(), error.hint());
  } catch (const std::exception& error) {
    complain(program_name, error.what());
    status = failure;
  }
  return finish_stdout(program_name, status, failure);
}
