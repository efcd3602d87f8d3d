#include "harness/config/batch_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <regex>
#include <sstream>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

auto line_into(std::string BatchOptions::*member) {
  return
      [=](BatchOptions& out, const Value& value) { out.*member = one_line(value, value.text()); };
}

/// Options of the command that submits, `program`; `example`: one of them.
auto directives_of(const char* program, const char* example) {
  return [=](BatchOptions& out, const Value& value) {
    for (const std::string& text : value.texts()) {
      if (!text.starts_with("-")) {
        value.fail(fmt::format("'{}' is not an option of {}", text, program),
                   fmt::format("write options as {} takes them, e.g. \"{}\"", program, example));
      }
      out.directives.push_back(one_line(value, text));
    }
  };
}

/// flux batch takes the rest of such a line as a shell would: one word for each directive.
void read_flux_directives(BatchOptions& out, const Value& value) {
  directives_of("flux batch", "--urgency=8")(out, value);
  for (const std::string& text : out.directives) {
    if (text.substr(0, text.find('=')).find(' ') == std::string::npos) continue;
    value.fail(fmt::format("'{}' has a blank outside the value", text),
               "write one option in each text, with '=' before its value, e.g. \"--urgency=8\"");
  }
}

/// A time limit of the form `pattern`; `forms`: the same in words.
auto time_limit(const char* pattern, const char* forms) {
  return [form = std::regex(pattern), forms](BatchOptions& out, const Value& value) {
    out.time = value.text();
    if (!std::regex_match(out.time, form)) {
      value.fail(fmt::format("'{}' is not a time limit", out.time),
                 fmt::format("write {}, or omit it: then it is estimated", forms));
    }
  };
}

void read_cut(BatchOptions& out, const Value& value) {
  out.jobs = value.one_of<JobCut>();
}

/// sbatch refuses a --signal that comes longer before the end.
constexpr std::int64_t longest_warning_s = 65535;

void check_table(const Campaign& campaign, const BatchOptions& options, const char* table) {
  if (options.allocations <= campaign.measuring.launches_max) return;
  throw Error(fmt::format("{}: {} allocations is {}, above launches_max, {}", campaign.file, table,
                          options.allocations, campaign.measuring.launches_max),
              "raise [measuring] launches_max, or lower allocations");
}

/// Without time before the end, a job could not be told to end cleanly.
void check_time(const Campaign& campaign, const BatchOptions& options, const char* table,
                std::int64_t limit_s) {
  if (options.time.empty() || limit_s > options.end_s) return;
  throw Error(fmt::format("{}: {} time = \"{}\" is not longer than end_s, {} s", campaign.file,
                          table, options.time, options.end_s),
              "raise time, or lower end_s");
}

}  // namespace

std::int64_t pbs_seconds(const std::string& time) {
  std::int64_t out = 0;
  std::istringstream parts(time);
  for (std::string part; std::getline(parts, part, ':');) out = 60 * out + std::stoll(part);
  return out;
}

std::int64_t flux_seconds(const std::string& time) {
  double value = 0;
  const auto [rest, error] = std::from_chars(time.data(), time.data() + time.size(), value);
  const char unit = rest == time.data() + time.size() ? 'm' : *rest;
  const double seconds = unit == 's' ? 1 : unit == 'h' ? 3600 : unit == 'd' ? 86400 : 60;
  return error == std::errc{} ? std::llround(std::floor(value * seconds)) : 0;
}

const Keys<BatchOptions>& slurm_keys() {
  using T = BatchOptions;
  static const Keys<T> keys{
      {"jobs", "per_node_count or single", "per_node_count", read_cut},
      {"allocations", "count from 1", "1", count_into(&T::allocations, 1)},
      {"account", "text", "the site's", line_into(&T::account)},
      {"partition", "text", "the site's", line_into(&T::partition)},
      {"qos", "text", "the site's", line_into(&T::qos)},
      {"constraint", "text", "none", line_into(&T::constraint)},
      // As sbatch reads it: MINUTES, MINUTES:SECONDS, HH:MM:SS, DAYS-HH, DAYS-HH:MM, DAYS-HH:MM:SS.
      {"time", "text: a time limit as SLURM writes it", "estimated",
       time_limit(R"(\d{1,9}(:\d{1,9}){0,2}|\d{1,9}-\d{1,9}(:\d{1,9}){0,2}|UNLIMITED|INFINITE)",
                  "minutes, HH:MM:SS, DAYS-HH:MM:SS or UNLIMITED")},
      {"margin", "number from 1", "1.5", number_from_one_into(&T::margin)},
      {"end_s", "seconds, whole, from 1 to 65535", "60",
       count_into(&T::end_s, 1, longest_warning_s)},
      {"exclusive", "true or false", "true", flag_into(&T::exclusive)},
      {"requeue", "true or false", "true", flag_into(&T::requeue)},
      {"directives", "list of texts", "none", directives_of("sbatch", "--mail-type=END")},
      {"setup", "list of texts", "none", lines_into(&T::setup)},
      {"mpi", "text", "\"pmix\"", line_into(&T::mpi)},
      {"srun_options", "list of texts", "none", lines_into(&T::step_options)},
  };
  return keys;
}

const Keys<BatchOptions>& pbs_keys() {
  using T = BatchOptions;
  static const Keys<T> keys{
      {"jobs", "per_node_count or single", "per_node_count", read_cut},
      {"allocations", "count from 1", "1", count_into(&T::allocations, 1)},
      {"account", "text", "the site's", line_into(&T::account)},
      {"queue", "text", "the site's", line_into(&T::partition)},
      {"constraint", "text", "none", line_into(&T::constraint)},
      {"time", "text: HH:MM:SS", "estimated", time_limit(R"(\d{1,6}:\d\d:\d\d)", "HH:MM:SS")},
      {"margin", "number from 1", "1.5", number_from_one_into(&T::margin)},
      {"end_s", "seconds, whole, from 1 to 65535", "60",
       count_into(&T::end_s, 1, longest_warning_s)},
      {"exclusive", "true or false", "true", flag_into(&T::exclusive)},
      {"requeue", "true or false", "true", flag_into(&T::requeue)},
      {"directives", "list of texts", "none", directives_of("qsub", "-m e")},
      {"setup", "list of texts", "none", lines_into(&T::setup)},
  };
  return keys;
}

const Keys<BatchOptions>& flux_keys() {
  using T = BatchOptions;
  static const Keys<T> keys{
      {"jobs", "per_node_count or single", "per_node_count", read_cut},
      {"allocations", "count from 1", "1", count_into(&T::allocations, 1)},
      {"bank", "text", "the site's", line_into(&T::account)},
      {"queue", "text", "the site's", line_into(&T::partition)},
      {"constraint", "text", "none", line_into(&T::constraint)},
      // Flux Standard Duration (RFC 23), of which a bare number is minutes.
      {"time", "text: a time limit as Flux writes it", "estimated",
       time_limit(R"(\d{1,9}(\.\d{1,9})?[smhd]?)", "minutes, or a number with s, m, h or d")},
      {"margin", "number from 1", "1.5", number_from_one_into(&T::margin)},
      {"end_s", "seconds, whole, from 1 to 65535", "60",
       count_into(&T::end_s, 1, longest_warning_s)},
      {"exclusive", "true or false", "true", flag_into(&T::exclusive)},
      {"directives", "list of texts", "none", read_flux_directives},
      {"setup", "list of texts", "none", lines_into(&T::setup)},
      {"run_options", "list of texts", "none", lines_into(&T::step_options)},
  };
  return keys;
}

void check_batch_tables(const Campaign& campaign) {
  check_table(campaign, campaign.slurm, "[slurm]");
  check_table(campaign, campaign.pbs, "[pbs]");
  check_table(campaign, campaign.flux, "[flux]");
  check_time(campaign, campaign.pbs, "[pbs]", pbs_seconds(campaign.pbs.time));
  const std::int64_t flux_s = flux_seconds(campaign.flux.time);
  if (flux_s != 0) check_time(campaign, campaign.flux, "[flux]", flux_s);  // 0: Flux sets no limit
}

}  // namespace scalelaw::harness
