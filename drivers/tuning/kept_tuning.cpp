#include "drivers/tuning/kept_tuning.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/json_text.hpp"
#include "drivers/team/affinity.hpp"

namespace scalelaw::driver {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string boot_name() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string name;
  std::getline(file, name);
  return name;
}

fs::path cache_file() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/') return fs::path(cache) / "scalelaw/tuning.json";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return fs::path(home) / ".cache/scalelaw/tuning.json";
  return {};
}

json read_all(const fs::path& path) {
  std::ifstream file(path);
  json kept = json::parse(file, nullptr, false);
  return kept.is_object() ? kept : json::object();
}

/// The loops of `host` since it started; empty if there are none.
json loops_of(const json& all, const std::string& host, const std::string& boot) {
  const auto entry = all.find(host);
  if (entry == all.end() || !entry->is_object()) return json::object();
  if (entry->value("boot", json()) != boot) return json::object();
  json loops = entry->value("loops", json());
  return loops.is_object() ? loops : json::object();
}

bool is_count(const json& value, std::int64_t least, std::int64_t most) {
  return value.is_number_integer() && value >= least && value <= most;
}

}  // namespace

KeptTunings::KeptTunings(fs::path file, std::string host, std::string boot)
    : file_(std::move(file)), host_(std::move(host)), boot_(std::move(boot)) {}

KeptTunings KeptTunings::of_this_machine() {
  return {cache_file(), host_name(), boot_name()};
}

std::optional<Streaming> KeptTunings::find(const std::string& loop) const {
  if (file_.empty() || boot_.empty()) return std::nullopt;
  const json one = loops_of(read_all(file_), host_, boot_).value(loop, json());
  if (!one.is_object()) return std::nullopt;
  const json ahead = one.value("prefetch_bytes", json()), places = one.value("places", json());
  if (!is_count(ahead, 0, 1 << 20) || !is_count(places, 1, most_places)) return std::nullopt;
  return Streaming{.ahead = ahead, .places = places};
}

/// By a rename, so that a reader never sees half a file.
void KeptTunings::keep(const std::string& loop, const Streaming& streaming) const {
  if (file_.empty() || boot_.empty()) return;
  std::error_code failed;
  fs::create_directories(file_.parent_path(), failed);
  json all = read_all(file_);
  json loops = loops_of(all, host_, boot_);
  loops[loop] = {{"prefetch_bytes", streaming.ahead}, {"places", streaming.places}};
  all[host_] = {{"boot", boot_}, {"loops", std::move(loops)}};
  const fs::path unfinished = file_.string() + "." + host_ + "." + std::to_string(getpid());
  std::ofstream(unfinished) << serialize(all) << '\n';
  fs::rename(unfinished, file_, failed);
  if (failed) fs::remove(unfinished, failed);
}

}  // namespace scalelaw::driver
