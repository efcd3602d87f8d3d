#include "harness/batch/job_script.hpp"

#include <fmt/format.h>

#include <map>

#include "common/error.hpp"
#include "harness/launch/launcher.hpp"
#include "job_template.hpp"

namespace scalelaw::harness {
namespace {

std::string shell_words(const std::vector<std::string>& words) {
  return to_string(Command{words, {}, {}});
}

/// "--name=value" as a line; nothing for an empty value.
std::string directive(const std::string& name, const std::string& value) {
  if (value.empty()) return {};
  return fmt::format("#SBATCH --{}={}\n", name, directive_word(value));
}

std::string time_text(std::int64_t minutes) {
  if (minutes == 0) return {};
  return fmt::format("{}-{:02}:{:02}:00", minutes / 1440, minutes / 60 % 24, minutes % 60);
}

/// sbatch puts job numbers and the like where a file's name has a '%', and takes a backslash to say
/// that it shall not.
std::string file_pattern(const std::string& path) {
  if (path.find('\\') != std::string::npos) {
    throw Error(fmt::format("'{}': SLURM cannot write a log to a path with a backslash", path),
                "choose another --output");
  }
  std::string out;
  for (const char c : path) out += c == '%' ? "%%" : std::string(1, c);
  return out;
}

std::string directives(const BatchJob& job, const Campaign& campaign, const JobScript& script) {
  const SlurmOptions& slurm = campaign.slurm;
  std::string out = directive("job-name", campaign.name + " " + job.name);
  out += directive("nodes", std::to_string(job.nodes));
  out += directive("time", slurm.time.empty() ? time_text(job.time_limit_min) : slurm.time);
  out += directive("account", slurm.account) + directive("partition", slurm.partition) +
         directive("qos", slurm.qos) + directive("constraint", slurm.constraint);
  if (slurm.exclusive) {
    out += "#SBATCH --exclusive\n#SBATCH --mem=0\n";  // 0: all that the nodes have
  } else {
    out += fmt::format("#SBATCH --ntasks-per-node=1\n#SBATCH --cpus-per-task={}\n", job.cpus);
    out += fmt::format("#SBATCH --mem={}M\n", job.memory_mib);
  }
  out += slurm.requeue ? "#SBATCH --requeue\n" : "#SBATCH --no-requeue\n";
  // To this shell alone (B): the steps are the harness's to end.
  out += fmt::format("#SBATCH --signal=B:USR1@{}\n", slurm.end_s);
  out += "#SBATCH --open-mode=append\n";
  out += directive("chdir", script.folder);
  out += directive("output", file_pattern(script.folder + "/" + job.name + ".log"));
  for (const std::string& option : slurm.directives)
    out += "#SBATCH " + directive_word(option) + "\n";
  if (!out.empty()) out.pop_back();  // the template ends the line
  return out;
}

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

std::string job_script(const BatchJob& job, const Campaign& campaign, const JobScript& script) {
  std::string setup;
  for (const std::string& line : campaign.slurm.setup) setup += line + "\n";
  if (!setup.empty()) setup.pop_back();
  return filled(job_template, {{"DIRECTIVES", directives(job, campaign, script)},
                               {"OUTPUT", shell_words({script.folder + "/" + job.name + ".h5"})},
                               {"FOLDER", shell_words({script.working_folder})},
                               {"SETUP", setup},
                               {"COMMAND", shell_words(script.command)}});
}

}  // namespace scalelaw::harness
