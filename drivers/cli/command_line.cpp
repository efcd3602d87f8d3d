#include "drivers/cli/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

namespace scalelaw::driver {

std::string option_name(std::string_view field) {
  std::string name(field);
  std::replace(name.begin(), name.end(), '_', '-');
  return "--" + name;
}

namespace {

std::int64_t bounded_count(const std::string& option, const std::string& text, std::int64_t min,
                           std::int64_t max) {
  std::int64_t value = 0;
  parse_value(option, [&] { value = parse_count(text); });
  if (value < min || value > max) {
    throw CLI::ValidationError(
        option, max == std::numeric_limits<std::int64_t>::max()
                    ? fmt::format("{} is too small; it must be at least {}", text, min)
                    : fmt::format("{} is outside {} .. {}", text, min, max));
  }
  return value;
}

/// Adds --batch: a number of passes, or `auto`, stored as 0.
CLI::Option* add_batch(CLI::App& app, std::int64_t& batch, std::int64_t most) {
  const std::string option = "--batch";
  const auto assign = [&batch, option, most](const std::string& text) {
    batch = text == "auto" ? 0 : bounded_count(option, text, 0, most);
  };
  return app
      .add_option_function<std::string>(
          option, assign, "passes per sample; auto: enough for the clock's resolution")
      ->type_name("COUNT|auto")
      ->default_str("auto");
}

}  // namespace

CLI::Option* add_count(CLI::App& app, std::string_view name, std::int64_t& value,
                       std::string_view help, std::int64_t min, std::int64_t max) {
  const std::string option = option_name(name);
  const auto assign = [&value, option, min, max](const std::string& text) {
    value = bounded_count(option, text, min, max);
  };
  return app.add_option_function<std::string>(option, assign, std::string(help))
      ->type_name("COUNT")
      ->default_str(std::to_string(value));
}

std::string braces(const std::vector<std::string>& choices) {
  return fmt::format("{{{}}}", fmt::join(choices, ","));
}

CLI::Option* add_choice_option(CLI::App& app, std::string_view name,
                               std::function<void(const std::string&)> assign,
                               std::string_view help, const std::vector<std::string>& choices,
                               std::string_view fallback) {
  return app
      .add_option_function<std::string>(option_name(name), std::move(assign), std::string(help))
      ->check(CLI::IsMember(choices).description(""))
      ->type_name(braces(choices))
      ->default_str(std::string(fallback));
}

void add_contract_options(CLI::App& app, Options& options) {
  constexpr std::int64_t many = 1'000'000'000;
  constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();
  const auto group = [](CLI::Option* option, const char* name) { option->group(name); };
  const char* measuring = "Measuring";
  group(add_count(app, "warmups", options.warmups, "passes that are not timed", 0, many),
        measuring);
  group(add_count(app, "samples", options.samples, "timed repetitions", 1, many), measuring);
  group(add_count(app, "diagnostics", options.diagnostics,
                  "extra samples that distinguish waiting from transfer", 0, many),
        measuring);
  group(add_batch(app, options.batch, many), measuring);
  group(app.add_option("--record", options.record, "write the record (JSON Lines) to this file")
            ->type_name("FILE"),
        measuring);
  group(app.add_flag("--describe", options.describe,
                     "print the work model as JSON and measure nothing"),
        measuring);
  group(app.add_flag("--check", options.check, "check inputs and outputs without computing"),
        measuring);
  group(add_count(app, "threads", options.threads,
                  "threads per process; 0: OMP_NUM_THREADS, or the cores allowed", 0, most_threads),
        "Sharing the work");
  group(add_count(app, "seed", options.seed,
                  "seed for generated input; ignored by kernels without input", 0, unlimited),
        "Kernel");
}

}  // namespace scalelaw::driver
