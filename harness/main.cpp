// The command `scalelaw`: a table of contents.  Each subcommand is in harness/commands.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <vector>

#include "build_info.hpp"
#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "common/usage_fault.hpp"
#include "harness/commands/commands.hpp"

namespace scalelaw {
namespace {

constexpr const char* program = "scalelaw";

int run_command(int argc, char** argv) {
  CLI::App app(
      "How well does this machine turn more cores and nodes into speed?\n\n"
      "  scalelaw run configs/laptop.toml\n"
      "  scalelaw report results/FILE.h5\n",
      program);
  app.set_version_flag("--version",
                       fmt::format("scalelaw {} ({})", build::version, build::revision));
  app.footer(
      "Exit status: 0 success, 1 wrong usage or input, 3 some points failed or are missing or "
      "output "
      "was lost, 4 compare found something slower.");
  app.require_subcommand(1);
  const std::vector<Subcommand> subcommands{
      add_run(app),     add_check(app),   add_list(app),   add_plot(app),   add_report(app),
      add_compare(app), add_predict(app), add_advise(app), add_doctor(app), add_submit(app),
      add_status(app),  add_collect(app), add_cancel(app),
  };
  try {
    app.parse(argc, argv);
    for (const Subcommand& subcommand : subcommands) {
      if (subcommand.app->parsed()) return subcommand.action();
    }
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    const Error fault = usage_fault(app, error, "command");
    complain(program, fault.what(), fault.hint());
    return exit_usage;
  } catch (const Error& error) {
    complain(program, error.what(), error.hint());
    return exit_usage;
  } catch (const std::exception& error) {
    if (stdout_failed()) return exit_failures;  // which finish_stdout() reports
    complain(program, error.what());
    return exit_usage;
  }
  return exit_usage;
}

}  // namespace
}  // namespace scalelaw

int main(int argc, char** argv) {
  using namespace scalelaw;
  open_standard_streams();
  return finish_stdout(program, run_command(argc, argv), exit_failures);
}
