#include "common/kept_facts.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <utility>

#include "common/json_text.hpp"

namespace scalelaw {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string boot_name() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string name;
  std::getline(file, name);
  return name;
}

/// Empty if the user has none.
fs::path cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/') return fs::path(cache) / "scalelaw";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return fs::path(home) / ".cache/scalelaw";
  return {};
}

json read_all(const fs::path& path) {
  std::error_code none;
  if (!fs::is_regular_file(path, none)) return json::object();
  std::ifstream file(path);
  json kept = json::parse(file, nullptr, false);
  return kept.is_object() ? kept : json::object();
}

}  // namespace

KeptFacts::KeptFacts(fs::path file, std::string host, std::string boot)
    : file_(std::move(file)), host_(std::move(host)), boot_(std::move(boot)) {}

KeptFacts KeptFacts::of_this_machine(std::string_view file_name, std::string host) {
  const fs::path folder = cache_folder();
  return {folder.empty() ? folder : folder / file_name, std::move(host), boot_name()};
}

json KeptFacts::find() const {
  if (file_.empty() || boot_.empty()) return json::object();
  json entry = read_all(file_).value(host_, json());
  if (!entry.is_object() || entry.value("boot", json()) != boot_) return json::object();
  entry.erase("boot");
  return entry;
}

void KeptFacts::keep(json facts) const {
  if (file_.empty() || boot_.empty()) return;
  std::error_code failed;
  fs::create_directories(file_.parent_path(), failed);
  facts["boot"] = boot_;
  json all = read_all(file_);
  all[host_] = std::move(facts);
  const fs::path unfinished = file_.string() + "." + host_ + "." + std::to_string(getpid());
  std::ofstream file(unfinished);
  file << serialize(all, 1) << '\n';
  file.close();
  if (file) fs::rename(unfinished, file_, failed);
  if (!file || failed) fs::remove(unfinished, failed);
}

}  // namespace scalelaw
