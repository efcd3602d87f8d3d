#include "drivers/cli/command_line.hpp"

#include <fmt/format.h>

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

/// A number of passes, or `auto`, which is 0.
CLI::Option* add_batch(CLI::App& app, std::int64_t& batch, std::int64_t most) {
  const std::string option = "--batch";
  const auto assign = [&batch, option, most](const std::string& text) {
    batch = text == "auto" ? 0 : bounded_count(option, text, 0, most);
  };
  return app
      .add_option_function<std::string>(
          option, assign, "passes per sample; auto: as many as the clock's resolution asks for")
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

void add_common_options(CLI::App& app, Options& options) {
  constexpr std::int64_t many = 1'000'000'000;
  const auto group = [](CLI::Option* option, const char* name) { option->group(name); };
  const char* measuring = "Measuring";
  group(add_count(app, "warmups", options.warmups, "passes that are not timed", 0, many),
        measuring);
  group(add_count(app, "samples", options.samples, "timed repetitions", 1, many), measuring);
  group(add_count(app, "diagnostics", options.diagnostics,
                  "extra samples that tell waiting and transfer apart", 0, many),
        measuring);
  group(add_batch(app, options.batch, many), measuring);
  group(app.add_option("--report", options.report, "write the record (JSON Lines) to this file"),
        measuring);
  group(app.add_flag("--describe", options.describe,
                     "print the work model as JSON and measure nothing"),
        measuring);
  group(app.add_flag("--check", options.check, "check inputs and outputs, compute nothing"),
        measuring);
  group(add_choice(app, "mode", options.mode,
                   "data: compute alone; pipeline: read, compute and write files, overlapped"),
        measuring);
  const char* sharing = "Sharing the work";
  group(add_count(app, "threads", options.threads,
                  "threads per process; 0: OMP_NUM_THREADS, or the cores allowed", 0, most_threads),
        sharing);
  group(add_choice(app, "schedule", options.schedule.kind, "how items are dealt to threads"),
        sharing);
  group(
      add_count(app, "chunk", options.schedule.chunk, "items dealt to a thread at a time; 0: auto",
                0, std::numeric_limits<std::int64_t>::max()),
      sharing);
  group(add_choice(app, "data", options.data, "where the input is when a pass starts"), sharing);
  group(add_choice(app, "distribution", options.distribution, "how items are dealt to ranks"),
        sharing);
  group(add_count(app, "rank_chunk", options.rank_chunk,
                  "items dealt to a rank at a time (dynamic distribution, overlap); 0: auto", 0,
                  std::numeric_limits<std::int64_t>::max()),
        sharing);
  group(app.add_flag("--overlap", options.overlap,
                     "with --data scatter: compute while more input is under way"),
        sharing);
  group(app.add_option("--isa", options.isa,
                       "instruction set of the kernels: auto, " + list_names<Isa>())
            ->capture_default_str(),
        "Kernel");
  group(
      add_count(app, "seed", options.seed, "of generated input (a kernel without input ignores it)",
                0, std::numeric_limits<std::int64_t>::max()),
      "Kernel");
}

}  // namespace scalelaw::driver
