#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "common/error.hpp"

namespace scalelaw {

/// What is wrong with a command line that CLI11 rejected, and the remedy: an unknown subcommand or
/// option with the nearest known one, else CLI11's message.
/// `subcommand`: what a subcommand of `app` is called, e.g. "kernel".
Error usage_fault(const CLI::App& app, const CLI::ParseError& error, const std::string& subcommand);

}  // namespace scalelaw
