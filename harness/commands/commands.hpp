#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace scalelaw::harness {

/// Exit codes of the command `scalelaw`.
constexpr int exit_well = 0;
constexpr int exit_usage = 1;     ///< wrong usage or input
constexpr int exit_failures = 3;  ///< some points failed
constexpr int exit_slower = 4;    ///< `compare` found something slower

/// A subcommand: its options, and the function to run once they are read, which returns an exit
/// code.
struct Subcommand {
  CLI::App* app = nullptr;
  std::function<int()> action;
};

// Each is in the file of its name (completion and man: shell.cpp).  A new one: a file, a line here,
// and a line in scalelaw_main.cpp.
Subcommand add_advise(CLI::App& app);
Subcommand add_calibrate(CLI::App& app);
Subcommand add_cancel(CLI::App& app);
Subcommand add_check(CLI::App& app);
Subcommand add_check_driver(CLI::App& app);
Subcommand add_collect(CLI::App& app);
Subcommand add_compare(CLI::App& app);
Subcommand add_completion(CLI::App& app);
Subcommand add_doctor(CLI::App& app);
Subcommand add_export(CLI::App& app);
Subcommand add_history(CLI::App& app);
Subcommand add_init(CLI::App& app);
Subcommand add_import(CLI::App& app);
Subcommand add_list(CLI::App& app);
Subcommand add_man(CLI::App& app);
Subcommand add_plot(CLI::App& app);
Subcommand add_predict(CLI::App& app);
Subcommand add_report(CLI::App& app);
Subcommand add_run(CLI::App& app);
Subcommand add_status(CLI::App& app);
Subcommand add_submit(CLI::App& app);
Subcommand add_teach(CLI::App& app);

}  // namespace scalelaw::harness
