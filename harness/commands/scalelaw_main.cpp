#include "harness/commands/scalelaw_main.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <filesystem>
#include <new>
#include <system_error>
#include <vector>

#include "common/build_info.hpp"
#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "common/usage_fault.hpp"
#include "harness/commands/commands.hpp"
#include "libraries.hpp"

namespace scalelaw::harness {
namespace {

constexpr const char* program = "scalelaw";

/// Without a path, the current folder is meant: it has been removed.
void complain_of_path(const std::filesystem::filesystem_error& error) {
  if (error.path1().empty()) {
    complain(program, fmt::format("cannot use the current folder: {}", error.code().message()),
             "change to a folder that exists (cd)");
    return;
  }
  const bool long_name = error.code() == std::errc::filename_too_long;
  complain(program, fmt::format("'{}': {}", error.path1().string(), error.code().message()),
           long_name ? "choose a shorter name" : "check this path and its permissions");
}

/// Reports an exception that nothing else caught, in words for the user.
int complain_of(const std::exception& exception) {
  if (const auto* error = dynamic_cast<const Error*>(&exception)) {
    complain(program, error->what(), error->hint());
  } else if (const auto* file =
                 dynamic_cast<const std::filesystem::filesystem_error*>(&exception)) {
    complain_of_path(*file);
  } else if (const auto* system = dynamic_cast<const std::system_error*>(&exception)) {
    // Printing to a full disk throws, too; finish_stdout reports that.
    if (!stdout_failed()) {
      complain(program, system->code().message(),
               "free the resource that the system lacks, and try again");
    }
  } else if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr) {
    complain(program, "there is not enough memory",
             "end other programs, or lift the limit (ulimit -v)");
  } else {
    complain(program, fmt::format("internal error: {}", exception.what()),
             "this is a bug in scalelaw: please report it, with the command and its input");
  }
  return stdout_failed() ? exit_failures : exit_usage;
}

int run_command(int argc, char** argv) {
  CLI::App app(
      "How well does this machine turn more cores and nodes into speed?\n\n"
      "  scalelaw run laptop\n"
      "  scalelaw report results/FILE.h5\n"
      "  scalelaw COMMAND --help\n",
      program);
  app.set_help_flag("-h,--help", "print this help and exit");
  app.set_version_flag(
      "--version",
      fmt::format("scalelaw {} ({})\nbuilt by {}, {} ({})\nwith {}", build::version,
                  build::revision, build::compiler, build::type, build::flags, libraries),
      "print the version and exit");
  app.footer(
      "Exit status: 0 success, 1 wrong usage or input, 3 some points failed or are missing, or "
      "output was lost, 4 compare found something slower, 128 + N stopped by signal N.");
  app.require_subcommand(1);
  const std::vector<Subcommand> subcommands{
      // As --help lists them: in the order in which a newcomer needs them.
      add_init(app),       add_check(app),   add_run(app),          add_report(app),
      add_plot(app),       add_compare(app), add_history(app),      add_predict(app),
      add_calibrate(app),  add_advise(app),  add_list(app),         add_doctor(app),
      add_submit(app),     add_status(app),  add_collect(app),      add_cancel(app),
      add_import(app),     add_export(app),  add_check_driver(app), add_teach(app),
      add_completion(app), add_man(app),
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    throw usage_fault(app, error, "command");
  }
  for (const Subcommand& subcommand : subcommands) {
    if (subcommand.app->parsed()) return subcommand.action();
  }
  return exit_usage;
}

}  // namespace

int scalelaw_main(int argc, char** argv) {
  open_standard_streams();
  int status = exit_usage;
  try {
    status = run_command(argc, argv);
  } catch (const std::exception& exception) {
    status = complain_of(exception);
  }
  return finish_stdout(program, status, exit_failures);
}

}  // namespace scalelaw::harness
