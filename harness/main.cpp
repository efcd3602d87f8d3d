// The command `scalelaw`: a table of contents.  Each subcommand is in harness/commands.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <vector>

#include "build_info.hpp"
#include "common/error.hpp"
#include "common/usage_fault.hpp"
#include "harness/commands/commands.hpp"

namespace {

void complain(const char* what, const std::string& hint) {
  fmt::print(stderr, "scalelaw: {}\n", what);
  if (!hint.empty()) fmt::print(stderr, "  hint: {}\n", hint);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace scalelaw;
  CLI::App app(
      "How well does this machine turn more cores and nodes into speed?\n\n"
      "  scalelaw run configs/laptop.toml\n"
      "  scalelaw report results/FILE.h5\n",
      "scalelaw");
  app.set_version_flag("--version",
                       fmt::format("scalelaw {} ({})", build::version, build::revision));
  app.footer(
      "Exit status: 0 success, 1 wrong usage or input, 3 some points failed or are missing, "
      "4 compare found something slower.");
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
    complain(fault.what(), fault.hint());
    return exit_usage;
  } catch (const Error& error) {
    complain(error.what(), error.hint());
    return exit_usage;
  } catch (const std::exception& error) {
    complain(error.what(), {});
    return exit_usage;
  }
  return exit_usage;
}
