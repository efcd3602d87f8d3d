#include "harness/launch/host_check.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/launch/mpirun.hpp"
#include "harness/mpi/mpirun_words.hpp"
#include "harness/process/process.hpp"
#include "harness/process/scratch_folder.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t at_once = 32;

/// Starts each of its arguments from the third on, all at once, under the time limit; what they
/// print and how they end are files in the folder, since what a killed one leaves behind would keep
/// a pipe open.
constexpr const char* script = R"(folder=$1 limit=$2; shift 2; i=0
for command; do
  { timeout -k 2 "$limit" sh -c "exec $command" >"$folder/$i.log" 2>&1 </dev/null
    echo $? >"$folder/$i.code"; } &
  i=$((i + 1))
done
wait)";

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// mpirun, starting a command that does nothing on one host.
std::string command_for(const MpirunOptions& options, const std::string& host, MpiFamily family) {
  std::vector<std::string> words{options.program, "-np", "1"};
  const auto add = [&](const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
  };
  add(mpirun_words(family).hosts({host}, {}));
  add(mca_words(options));
  add(options.options);
  words.emplace_back("true");
  return to_string(Command{words, {}, {}});
}

Error fault_of(const MpirunOptions& options, const std::string& host, int exit_code,
               const std::string& log) {
  const auto agent = options.mca.find("plm_rsh_agent");
  const std::string by_hand =
      fmt::format("'{} {} true'", agent == options.mca.end() ? "ssh" : agent->second, host);
  constexpr int out_of_time = 124, killed = 137;  // as timeout(1) ends
  if (exit_code == out_of_time || exit_code == killed) {
    return Error(
        fmt::format("the host '{}' does not answer within {:g} s", host, options.connect_s),
        fmt::format("make sure that it is up and that {} works without a password, or raise "
                    "[mpirun] connect_s",
                    by_hand));
  }
  const std::string reason = first_paragraph(log);
  return Error(fmt::format("the host '{}' cannot start a command: {}", host,
                           reason.empty() ? fmt::format("exit code {}", exit_code) : reason),
               fmt::format("check its name, and that {} works without a password", by_hand));
}

void look_at_group(const MpirunOptions& options, const std::vector<std::string>& hosts,
                   MpiFamily family, bool as_root, std::vector<Error>& out) {
  const ScratchFolder folder;
  Command command{
      {"sh", "-c", script, "sh", folder.path().string(), fmt::format("{:g}", options.connect_s)},
      {},
      {}};
  for (const std::string& host : hosts) command.argv.push_back(command_for(options, host, family));
  command.environment = mpirun_words(family).environment(as_root);
  (void)read_process(command, options.connect_s + 10);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    int exit_code = 124;
    std::ifstream(folder.file(fmt::format("{}.code", i))) >> exit_code;
    if (exit_code == 0) continue;
    out.push_back(
        fault_of(options, hosts[i], exit_code, text_of(folder.file(fmt::format("{}.log", i)))));
  }
}

}  // namespace

std::string first_paragraph(const std::string& log) {
  constexpr std::size_t longest = 300;
  std::string out;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find_first_not_of(" \t\r-");
    if (first == std::string::npos) {
      if (!out.empty()) break;
      continue;
    }
    line.erase(0, line.find_first_not_of(" \t"));
    line.erase(line.find_last_not_of(" \t\r") + 1);
    out += (out.empty() ? "" : " ") + line;
  }
  return out.size() <= longest ? out : out.substr(0, longest) + " ...";
}

std::vector<Error> find_silent_hosts(const MpirunOptions& options,
                                     const std::vector<std::string>& hosts, MpiFamily family,
                                     bool as_root) {
  std::vector<Error> out;
  for (std::size_t first = 0; first < hosts.size(); first += at_once) {
    const std::size_t last = std::min(hosts.size(), first + at_once);
    look_at_group(options,
                  {hosts.begin() + static_cast<std::ptrdiff_t>(first),
                   hosts.begin() + static_cast<std::ptrdiff_t>(last)},
                  family, as_root, out);
  }
  return out;
}

}  // namespace scalelaw::harness
