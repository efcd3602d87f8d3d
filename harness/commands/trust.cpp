#include "harness/commands/trust.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "adapter/placeholders.hpp"
#include "common/error.hpp"
#include "common/json_text.hpp"
#include "common/standard_streams.hpp"
#include "harness/process/command.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string sha256(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw Error("cannot compute a SHA-256 digest", "check the installation of OpenSSL");
  }
  std::string out;
  for (unsigned int i = 0; i < size; ++i) out += fmt::format("{:02x}", digest.at(i));
  return out;
}

std::string typed(const std::vector<std::string>& words) {
  return to_string(Command{words, {}, {}});
}

std::set<std::string> trusted_digests() {
  std::set<std::string> out;
  std::ifstream file(trusted_file());
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string digest;
    if (words >> digest && !digest.starts_with('#')) out.insert(digest);
  }
  return out;
}

/// A file that cannot be written is no reason not to measure: it is asked for again then.
void remember(const std::vector<const ConfigDriver*>& drivers) {
  const fs::path path = trusted_file();
  if (path.empty()) return;
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  std::ofstream file(path, std::ios::app);
  for (const ConfigDriver* driver : drivers) {
    file << digest_of(*driver) << "  " << shown(*driver).front() << '\n';
  }
  file.flush();
  if (file) return;
  complain("scalelaw", fmt::format("cannot write '{}': it will be asked again", path.string()));
}

bool is_confirmed_on_terminal() {
  print_error("Run this? [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace

std::string digest_of(const ConfigDriver& driver) {
  json definition = driver.keeps_contract()
                        ? json{{"name", driver.name()}, {"program", driver.program}}
                        : adapter::to_json(driver.command);
  std::error_code gone;
  return sha256(serialize(
      json{{"driver", std::move(definition)}, {"folder", fs::current_path(gone).string()}}));
}

fs::path trusted_file() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && *config == '/') return fs::path(config) / "scalelaw/trusted";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return fs::path(home) / ".config/scalelaw/trusted";
  return {};
}

std::vector<std::string> shown(const ConfigDriver& driver) {
  if (driver.keeps_contract()) return {fmt::format("{}: {}", driver.name(), driver.program)};
  const adapter::Definition& command = driver.command;
  std::vector<std::string> out{fmt::format("{}: {}", driver.name(), typed(command.command))};
  if (!command.setup.empty()) out.push_back("  before each launch: " + typed(command.setup));
  if (!command.teardown.empty()) out.push_back("  after each launch: " + typed(command.teardown));
  if (!command.folder.empty()) out.push_back("  in the folder: " + command.folder);
  for (const auto& [name, value] : command.env) {
    out.push_back(fmt::format("  with {}={}", name, value));
  }
  if (command.threaded && !adapter::has_placeholder(command, "threads")) {
    out.emplace_back("  its threads: as OMP_NUM_THREADS says, since nothing of it has {threads}");
  }
  return out;
}

bool is_trusted(const ConfigDriver& driver) {
  return trusted_digests().contains(digest_of(driver));
}

void require_trust(const Campaign& campaign, Runs runs, bool yes) {
  const std::set<std::string> trusted = trusted_digests();
  std::vector<const ConfigDriver*> unknown;
  for (const ConfigDriver& driver : campaign.drivers) {
    if (runs == Runs::descriptions && !driver.keeps_contract()) continue;
    if (!trusted.contains(digest_of(driver))) unknown.push_back(&driver);
  }
  if (unknown.empty()) return;
  std::vector<std::string> lines;
  for (const ConfigDriver* driver : unknown) {
    for (const std::string& line : shown(*driver)) lines.push_back("  " + line);
  }
  const std::string text =
      fmt::format("'{}' runs programs of its own:\n{}", campaign.file, fmt::join(lines, "\n"));
  if (yes) {
    print_error(text + "\n");
    return;
  }
  if (isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0) {
    print_error(text + "\n");
    if (is_confirmed_on_terminal()) return remember(unknown);
    throw Error("it was not confirmed", "answer y, or give --yes");
  }
  std::vector<std::string> digests;
  for (const ConfigDriver* driver : unknown) digests.push_back(digest_of(*driver));
  const fs::path file = trusted_file();
  throw Error(text, fmt::format("read them, then give --yes{}",
                                file.empty() ? std::string()
                                             : fmt::format(", or add to {}: {}", file.string(),
                                                           fmt::join(digests, " "))));
}

}  // namespace scalelaw::harness
