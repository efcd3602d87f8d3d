#include "harness/config/batch_tables.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <regex>

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

}  // namespace

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
      {"margin", "number from 1", "1.5", number_into(&T::margin, 0.999)},
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
      {"margin", "number from 1", "1.5", number_into(&T::margin, 0.999)},
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
      {"margin", "number from 1", "1.5", number_into(&T::margin, 0.999)},
      {"end_s", "seconds, whole, from 1 to 65535", "60",
       count_into(&T::end_s, 1, longest_warning_s)},
      {"exclusive", "true or false", "true", flag_into(&T::exclusive)},
      {"directives", "list of texts", "none", directives_of("flux batch", "--urgency=8")},
      {"setup", "list of texts", "none", lines_into(&T::setup)},
      {"run_options", "list of texts", "none", lines_into(&T::step_options)},
  };
  return keys;
}

void check_batch_tables(const Campaign& campaign) {
  check_table(campaign, campaign.slurm, "[slurm]");
  check_table(campaign, campaign.pbs, "[pbs]");
  check_table(campaign, campaign.flux, "[flux]");
}

}  // namespace scalelaw::harness
