#include "harness/batch/job_script.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "harness/batch/scheduler.hpp"
#include "harness/process/command.hpp"
#include "job_template.hpp"

namespace scalelaw::harness {
namespace {

/// `text` with each @NAME@ of `values` replaced, once: what is put in is not looked at again.
std::string filled(const std::string& text, const std::map<std::string, std::string>& values) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text[at] == '@' ? text.find('@', at + 1) : std::string::npos;
    const auto value =
        end == std::string::npos ? values.end() : values.find(text.substr(at + 1, end - at - 1));
    if (value == values.end()) {
      out += text[at++];
    } else {
      out += value->second;
      at = end + 1;
    }
  }
  return out;
}

}  // namespace

std::string shell_words(const std::vector<std::string>& words) {
  return to_string(Command{words, {}, {}});
}

std::string directive_word(const std::string& text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (text.find_first_not_of(plain) == std::string::npos) return text;
  // sbatch knows quotes, and a backslash before a quote or a backslash.
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string job_script(const Scheduler& scheduler, const BatchJob& job, const Campaign& campaign,
                       const JobScript& script) {
  const std::string setup =
      fmt::format("{}", fmt::join(options_of(campaign, scheduler).setup, "\n"));
  const std::string command = scheduler.start == nullptr ? shell_words(script.command)
                                                         : scheduler.start(job, campaign, script);
  return filled(job_template, {{"SCHEDULER", scheduler.title},
                               {"WARNING", scheduler.warning},
                               {"DIRECTIVES", scheduler.directives(job, campaign, script)},
                               {"OUTPUT", shell_words({script.folder + "/" + job.name + ".h5"})},
                               {"FOLDER", shell_words({script.working_folder})},
                               {"SETUP", setup},
                               {"COMMAND", command}});
}

}  // namespace scalelaw::harness
