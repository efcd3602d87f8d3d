// OpenPBS and PBS Pro, from their manual pages: qsub(1B), qstat(1B), qselect(1B), qdel(1B),
// pbs_job_attributes(7B), pbs_resources(7B), pbsnodes(8B).
#include "harness/batch/schedulers/pbs.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "common/json_text.hpp"
#include "common/lines.hpp"
#include "harness/batch/scheduler.hpp"
#include "harness/batch/timed_start.hpp"
#include "harness/config/batch_tables.hpp"
#include "harness/launch/slurm_faults.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

constexpr double pbs_patience_s = 60;

struct PbsState {
  std::string_view letter, word;
  JobStage stage;
};
constexpr std::array<PbsState, 12> pbs_states{{{"B", "BEGUN", JobStage::running},
                                               {"E", "EXITING", JobStage::ending},
                                               {"F", "FINISHED", JobStage::ended},
                                               {"H", "HELD", JobStage::queued},
                                               {"M", "MOVED", JobStage::queued},
                                               {"Q", "QUEUED", JobStage::queued},
                                               {"R", "RUNNING", JobStage::running},
                                               {"S", "SUSPENDED", JobStage::running},
                                               {"T", "TRANSITING", JobStage::queued},
                                               {"U", "SUSPENDED", JobStage::running},
                                               {"W", "WAITING", JobStage::queued},
                                               {"X", "FINISHED", JobStage::ended}}};

/// Part of a complaint, in its own letters, and what to do about it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> pbs_remedies{{
    {"cannot start ", "load the module of PBS's commands, or go to a login node of the cluster"},
    {"annot connect", "wait until the server answers (qstat -B), then try again"},
    {"onnection refused", "wait until the server answers (qstat -B), then try again"},
    {"no answer", "wait until the server answers (qstat -B), then try again"},
    {"invalid for state", "PBS is starting or ending the job: try again in some seconds"},
    {"nknown queue", "correct [pbs] queue (qstat -Q lists them)"},
    {"ccount", "correct [pbs] account"},
    {"roject", "correct [pbs] account, or give -P in [pbs] directives"},
    {"nknown resource", "correct [pbs] constraint (pbsnodes -a lists what nodes have)"},
    {"esource_List", "correct [pbs] constraint, or ask for less ([pbs] time, nodes)"},
    {"exceed", "ask for less: fewer nodes, or a shorter time ([pbs] time, or budget_s and margin)"},
    {"limit", "ask for less: fewer nodes, or a shorter time ([pbs] time, or budget_s and margin)"},
    {"usage:", "correct [pbs] directives: this qsub does not accept the option in this form"},
}};

/// "-X value" as a line; nothing for an empty value.
std::string pbs_line(const char* option, const std::string& value) {
  return value.empty() ? "" : fmt::format("#PBS {} {}\n", option, pbs_word(value));
}

/// A job's name may have neither blanks nor letters of every script.
std::string pbs_job_name(const std::string& text) {
  constexpr std::size_t longest = 230;
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '+';
    out += plain ? c : '_';
  }
  if (out.front() == '_') out.front() = 'c';
  return out.substr(0, longest);
}

/// qsub takes HOST:PATH and lists with commas for a log, and has no way to write one in a path.
std::string pbs_path(const std::string& path) {
  if (path.find_first_of(":,\\\"'") != std::string::npos) {
    throw Error(
        fmt::format("'{}': PBS cannot write a log to a path with ':', ',', quotes or '\\'", path),
        "choose another --output");
  }
  return path;
}

std::string pbs_select(const BatchJob& job, const BatchOptions& options) {
  const std::int64_t cpus = options.exclusive ? std::max(job.node_cpus, job.cpus) : job.cpus;
  std::string out = fmt::format("select={}:ncpus={}:mpiprocs={}:ompthreads={}", job.nodes, cpus,
                                job.ranks, job.threads);
  if (!options.exclusive) out += fmt::format(":mem={}mb", job.memory_mib);
  return options.constraint.empty() ? out : out + ":" + options.constraint;
}

std::string pbs_time(std::int64_t minutes) {
  return minutes == 0 ? "" : fmt::format("{:02}:{:02}:00", minutes / 60, minutes % 60);
}

std::string pbs_lines(const BatchJob& job, const Campaign& campaign, const JobScript& script) {
  const BatchOptions& pbs = campaign.pbs;
  std::string out = pbs_line("-N", pbs_job_name(campaign.name + "_" + job.name));
  out += "#PBS -S /bin/bash\n";
  out += pbs_line("-l", pbs_select(job, pbs));
  out += pbs.exclusive ? "#PBS -l place=scatter:excl\n" : "#PBS -l place=scatter:shared\n";
  const std::string time = pbs.time.empty() ? pbs_time(job.time_limit_min) : pbs.time;
  if (!time.empty()) out += pbs_line("-l", "walltime=" + time);
  out += pbs_line("-A", pbs.account) + pbs_line("-q", pbs.partition);
  out += pbs.requeue ? "#PBS -r y\n" : "#PBS -r n\n";
  out += "#PBS -V\n#PBS -j oe\n";  // the submitter's environment; one log
  out += pbs_line("-o", pbs_path(script.folder + "/" + job.name + ".log"));
  for (const std::string& option : pbs.directives) out += "#PBS " + option + "\n";
  out.pop_back();  // the template ends the line
  return out;
}

std::string pbs_start(const BatchJob& job, const Campaign& campaign, const JobScript& script) {
  const BatchOptions& pbs = campaign.pbs;
  const std::int64_t limit_s = pbs.time.empty() ? 60 * job.time_limit_min : pbs_seconds(pbs.time);
  return timed_start(script.command, limit_s, pbs.end_s) + " --hostfile \"$PBS_NODEFILE\"";
}

Error pbs_fault(const std::string& command, const Printed& printed) {
  const std::string why = printed.timed_out ? "no answer within a minute" : plain_fault(printed);
  return Error(fmt::format("{}: {}", command, why), pbs_hint(why));
}

/// What a command of PBS printed.  It names jobs that it has forgotten, or that it remembers only
/// for -x, as errors, also beside others that it knows.
std::string ask_pbs(const std::vector<std::string>& words) {
  const Printed printed = read_process({words, {}, {}}, pbs_patience_s);
  const bool forgotten = printed.err.find("Unknown Job Id") != std::string::npos ||
                         printed.err.find("has finished") != std::string::npos;
  if (!printed.timed_out && (printed.exit_code == 0 || forgotten)) return printed.out;
  throw pbs_fault(words.front(), printed);
}

Submission qsub(const std::string& script) {
  const Printed printed = read_process({{"qsub", script}, {}, {}}, pbs_patience_s);
  Submission out;
  if (printed.timed_out) {
    out.fault = fmt::format("qsub: no answer within {:g} s", pbs_patience_s);
    out.unsure = true;
  } else if (printed.exit_code != 0) {
    out.fault = "qsub: " + plain_fault(printed);
  } else {
    // The last line: a site's hooks may print their own words before it.
    const std::vector<std::string> lines = lines_of(printed.out);
    const bool is_number = !lines.empty() && lines.back().find('.') != std::string::npos &&
                           lines.back().find_first_not_of("0123456789") > 0 &&
                           lines.back().find(' ') == std::string::npos;
    if (is_number) {
      out.id = lines.back();
      return out;
    }
    out.fault = fmt::format("qsub printed no job number: '{}'", printed.out);
    out.unsure = true;
  }
  out.hint = pbs_hint(out.fault);
  return out;
}

std::map<std::string, QueuedJob> qstat(const std::vector<std::string>& ids) {
  if (ids.empty()) return {};  // qstat would show all jobs of all users
  std::vector<std::string> words{"qstat", "-x", "-f", "-F", "json"};
  words.insert(words.end(), ids.begin(), ids.end());
  return parse_qstat(ask_pbs(words));
}

std::map<std::string, QueuedJob> qstat_all() {
  const passwd* user = getpwuid(getuid());
  const std::string name = user == nullptr ? std::to_string(getuid()) : user->pw_name;
  return qstat(lines_of(ask_pbs({"qselect", "-x", "-u", name})));
}

/// Whether a complaint of qdel says that the job has ended.
bool says_ended(std::string_view complaint) {
  return complaint.find("Unknown Job Id") != std::string_view::npos ||
         complaint.find("has finished") != std::string_view::npos;
}

/// qdel complains of each job by itself, and ends the others all the same.  It refuses a job that it
/// is ending already, and one that is about to start.
void qdel(const std::vector<std::string>& ids) {
  std::vector<std::string> words{"qdel"};
  words.insert(words.end(), ids.begin(), ids.end());
  const Printed printed = read_process({words, {}, {}}, pbs_patience_s);
  if (!printed.timed_out && printed.exit_code == 0) return;
  std::vector<std::string> refused;
  for (const std::string& line : lines_of(printed.err)) {
    if (says_ended(line)) continue;
    const bool state = line.find("invalid for state of job") != std::string::npos;
    if (!state || printed.timed_out) throw pbs_fault(words.front(), printed);
    refused.push_back(line.substr(line.rfind(' ') + 1));
  }
  if (printed.timed_out || printed.err.empty()) throw pbs_fault(words.front(), printed);
  for (const auto& [id, job] : qstat(refused)) {
    if (job.stage != JobStage::ending && job.stage != JobStage::ended) {
      throw pbs_fault(words.front(), printed);
    }
  }
}

/// What `read` makes of the object `table` in what `command` printed.
template <class Read>
auto read_pbs_json(const std::string& text, const char* command, const char* table, Read read) {
  constexpr const char* hint =
      "early versions of PBS write some values wrongly: ask the site for a newer one";
  try {
    const auto all = nlohmann::json::parse(text.empty() ? "{}" : text);
    return read(all.value(table, nlohmann::json::object()));
  } catch (const nlohmann::json::parse_error& error) {
    throw Error(fmt::format("{} printed what is no JSON: {}", command, error.what()), hint);
  } catch (const nlohmann::json::exception& error) {
    throw Error(fmt::format("cannot read what {} printed: {}", command, error.what()), hint);
  }
}

/// Bytes in "1234kb", as PBS writes sizes; 0: none.
std::int64_t pbs_bytes(const std::string& text) {
  std::int64_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return 0;
  constexpr std::string_view letters = "bkmgtp";
  const std::size_t at = rest == text.data() + text.size() ? 0 : letters.find(*rest);
  return at == std::string_view::npos ? 0 : value << (10 * at);
}

/// A whole number; 0: none.
std::int64_t pbs_count(const std::string& text) {
  std::int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

/// A value as text: PBS writes what looks like a number without quotes, and some versions do not.
std::string text_of(const nlohmann::json& object, const std::string& name) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  return found->is_string() ? found->get<std::string>() : serialize(*found);
}

/// A number or a size, in its unit's parts; none: neither.
std::optional<double> pbs_amount(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{}) return std::nullopt;
  std::string unit(rest, end);
  for (char& c : unit) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (unit.empty()) return value;
  constexpr double word_bytes = 8;
  if (unit.back() == 'w') value *= word_bytes;
  if (unit.back() == 'b' || unit.back() == 'w') unit.pop_back();
  constexpr std::string_view prefixes = "kmgtp";
  const std::size_t at = unit.empty() ? std::string_view::npos : prefixes.find(unit.front());
  if (unit.empty()) return value;
  if (unit.size() > 1 || at == std::string_view::npos) return std::nullopt;
  return std::ldexp(value, static_cast<int>(10 * (at + 1)));
}

/// A boolean, as pbs_resources(7B) writes them; none: it is none.
std::optional<bool> pbs_boolean(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (text == "true" || text == "t" || text == "yes" || text == "y" || text == "1") return true;
  if (text == "false" || text == "f" || text == "no" || text == "n" || text == "0") return false;
  return std::nullopt;
}

/// Whether what a node has is certainly not what is wanted: less of a number or size, another
/// boolean, or a text that is not in the list.
bool lacks(const std::string& has, const std::string& wanted) {
  const std::optional<double> amount = pbs_amount(has), wanted_amount = pbs_amount(wanted);
  if (amount && wanted_amount) return *amount < *wanted_amount;
  const std::optional<bool> boolean = pbs_boolean(has), wanted_boolean = pbs_boolean(wanted);
  if (boolean && wanted_boolean) return *boolean != *wanted_boolean;
  if (wanted.find_first_of(",'\"") != std::string::npos) return false;  // of PBS's own forms
  std::istringstream list(has);
  for (std::string one; std::getline(list, one, ',');) {
    if (one == wanted) return false;
  }
  return true;
}

/// Whether a node may be one that `constraint` asks for.  A resource that no node names may belong
/// to the job or the server: PBS itself then judges.
bool may_have_resources(const nlohmann::json& nodes, const nlohmann::json& resources,
                        const std::string& constraint) {
  std::istringstream parts(constraint);
  for (std::string part; std::getline(parts, part, ':');) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos) continue;
    const std::string name = part.substr(0, equals), wanted = part.substr(equals + 1);
    const bool named = std::any_of(nodes.begin(), nodes.end(), [&](const nlohmann::json& node) {
      return node.value("resources_available", nlohmann::json::object()).contains(name);
    });
    const bool unset = !resources.contains(name);
    if (unset && (!named || pbs_boolean(wanted) == false)) continue;
    if (unset || lacks(text_of(resources, name), wanted)) return false;
  }
  return true;
}

std::map<std::string, QueuedJob> jobs_in(const nlohmann::json& jobs) {
  std::map<std::string, QueuedJob> out;
  for (const auto& [id, job] : jobs.items()) {
    const std::string letter = job.value("job_state", "");
    const auto* const known =
        std::find_if(pbs_states.begin(), pbs_states.end(),
                     [&, &letter = letter](const PbsState& one) { return one.letter == letter; });
    QueuedJob queued;
    queued.stage = pbs_stage(letter);
    queued.state = known == pbs_states.end() ? letter : std::string(known->word);
    queued.reason = text_of(job, "comment");
    if (job.contains("Exit_status"))
      queued.state += ", exit status " + serialize(job["Exit_status"]);
    // The script's own path is not kept; its log has the same one.
    std::string log = job.value("Output_Path", "");
    log.erase(0, log.find(':') + 1);
    if (log.ends_with(".log")) queued.script = log.substr(0, log.size() - 4) + ".pbs";
    out[id] = std::move(queued);
  }
  return out;
}

Allocation nodes_in(const nlohmann::json& nodes, const std::string& constraint,
                    std::int64_t count) {
  Allocation out;
  std::int64_t found = 0;
  for (const auto& [name, node] : nodes.items()) {
    const std::string state = node.value("state", "");
    const bool away = state.find("down") != std::string::npos ||
                      state.find("offline") != std::string::npos ||
                      state.find("unknown") != std::string::npos;
    const nlohmann::json resources = node.value("resources_available", nlohmann::json::object());
    const std::int64_t cpus = pbs_count(text_of(resources, "ncpus"));
    if (away || cpus < 1 || !may_have_resources(nodes, resources, constraint)) continue;
    const SlurmNode one{.cpus = cpus,
                        .cores = cpus,
                        .threads_per_core = 1,
                        .memory_bytes = pbs_bytes(text_of(resources, "mem"))};
    if (found++ == 0) out.node = one;
    out.node.cpus = out.node.cores = std::min(out.node.cpus, one.cpus);
    out.node.memory_bytes = std::min(out.node.memory_bytes, one.memory_bytes);
  }
  if (found == 0) {
    throw Error("PBS has no such node",
                "check constraint in [pbs]; pbsnodes -a lists nodes and what they have");
  }
  if (found < count) {
    throw Error(fmt::format("a job needs {} nodes, but there are only {} such nodes", count, found),
                "ask for fewer nodes, or choose another constraint in [pbs]");
  }
  for (std::int64_t i = 1; i <= count; ++i) out.nodes.push_back(fmt::format("node{}", i));
  return out;
}

}  // namespace

JobStage pbs_stage(std::string_view state) {
  const auto* const found = std::find_if(pbs_states.begin(), pbs_states.end(),
                                         [&](const PbsState& one) { return one.letter == state; });
  return found == pbs_states.end() ? JobStage::unknown : found->stage;
}

std::map<std::string, QueuedJob> parse_qstat(const std::string& text) {
  return read_pbs_json(text, "qstat", "Jobs", jobs_in);
}

Allocation parse_pbsnodes(const std::string& text, const std::string& constraint,
                          std::int64_t count) {
  return read_pbs_json(text, "pbsnodes", "nodes", [&](const nlohmann::json& nodes) {
    return nodes_in(nodes, constraint, count);
  });
}

std::string pbs_word(const std::string& text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  // Within quotes, qsub knows nothing but the quote that ends them.
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"'\"'\"") : std::string(1, c);
  return out + "\"";
}

std::string pbs_hint(const std::string& fault) {
  for (const auto& [words, hint] : pbs_remedies) {
    if (fault.find(words) != std::string::npos) return std::string(hint);
  }
  return "PBS's own message says why; does its server answer (qstat -B)?";
}

Scheduler pbs_scheduler() {
  Scheduler out;
  out.name = "pbs";
  out.title = "PBS";
  out.program = "qsub";
  out.script_ending = ".pbs";
  out.mark = "#PBS";
  out.launcher = "mpirun";
  out.warning = "the signal before the time limit";
  out.options = &Campaign::pbs;
  out.directives = pbs_lines;
  out.start = pbs_start;
  out.nodes = [](const BatchOptions& options, std::int64_t count) {
    return std::optional(
        parse_pbsnodes(ask_pbs({"pbsnodes", "-a", "-F", "json"}), options.constraint, count));
  };
  out.submit = qsub;
  out.query = qstat;
  out.query_all = qstat_all;
  out.cancel = qdel;
  return out;
}

}  // namespace scalelaw::harness
