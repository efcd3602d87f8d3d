#include "adapter/part.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "common/error.hpp"
#include "common/foreign_json.hpp"
#include "common/json_text.hpp"

namespace scalelaw::adapter {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto glance = 5ms;  // between two looks for a file

double number_or_nan(const json& value) {
  return value.is_number() ? value.get<double>() : std::nan("");
}

/// The content of a file that is whole; nothing when it is not there yet.
std::optional<json> content_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  try {
    return parse_foreign(text.str());
  } catch (const std::exception&) {  // a network file system may show its name first
    return std::nullopt;
  }
}

}  // namespace

json seen_json(const Observed& seen) {
  json out = json::object();
  for (const auto& [name, member] : observed_quantities) {
    if (!std::isnan(seen.*member)) out[std::string(name)] = seen.*member;
  }
  return out;
}

json to_json(const Part& part) {
  json threads = json::array();
  for (const SeenThread& thread : part.threads) {
    threads.push_back({{"cpus", thread.cpus}, {"last_cpu", thread.last_cpu}});
  }
  return {{"rank", part.rank},
          {"host", part.host},
          {"pid", part.pid},
          {"wall_s", part.use.wall_s},
          {"user_s", part.use.user_s},
          {"system_s", part.use.system_s},
          {"peak_bytes", part.use.peak_bytes},
          {"seen", seen_json(part.seen)},
          {"steal_cpus", part.steal_cpus},
          {"threads", std::move(threads)},
          {"times_s", part.times_s},
          {"check", part.check ? json(*part.check) : json()},
          {"last_words", part.last_words},
          {"fault", part.fault},
          {"is_of_pattern", part.is_of_pattern}};
}

Part part_from(const json& json) {
  Part out;
  out.rank = json.at("rank");
  out.host = json.at("host");
  out.pid = json.at("pid");
  out.use = {.wall_s = number_or_nan(json.at("wall_s")),
             .user_s = number_or_nan(json.at("user_s")),
             .system_s = number_or_nan(json.at("system_s")),
             .peak_bytes = json.at("peak_bytes")};
  for (const auto& [name, member] : observed_quantities) {
    out.seen.*member = json.at("seen").value(std::string(name), Observed::unknown);
  }
  out.steal_cpus = json.at("steal_cpus");
  for (const auto& thread : json.at("threads")) {
    out.threads.push_back({.cpus = thread.at("cpus"), .last_cpu = thread.at("last_cpu")});
  }
  out.times_s = json.at("times_s").get<std::vector<double>>();
  if (!json.at("check").is_null()) out.check = json.at("check").get<std::string>();
  out.last_words = json.at("last_words");
  out.fault = json.at("fault");
  out.is_of_pattern = json.at("is_of_pattern");
  return out;
}

Parts::Parts(std::string record, Place place)
    : record_(std::move(record)), place_(std::move(place)) {}

std::string Parts::file(const std::string& what) const {
  return fmt::format("{}.{}.{}", record_, place_.launch, what);
}

void Parts::put(const std::string& path, const json& content) const {
  const std::string unfinished = fmt::format("{}.{}~", path, place_.rank);
  std::ofstream out(unfinished, std::ios::trunc);
  out << serialize(content) << '\n' << std::flush;
  const bool written = static_cast<bool>(out);
  out.close();
  std::error_code failed;
  if (written) fs::rename(unfinished, path, failed);
  if (written && !failed) return;
  throw Error(
      fmt::format("cannot write '{}': {}", path, failed ? failed.message() : std::strerror(errno)),
      "let the folder of --record be one that every rank can write");
}

void Parts::write(const Part& part) const {
  put(file(fmt::format("rank-{}", part.rank)), to_json(part));
}

void Parts::let_begin(bool well) const {
  put(file("begin"), {{"well", well}});
}

void Parts::wait_for_begin() const {
  for (;;) {
    if (const auto said = content_of(file("begin"))) {
      if (said->value("well", false)) return;
      throw Error("`setup` failed on rank 0", "rank 0 says why");
    }
    if (asked_to_end() != 0) throw Error("asked to end while rank 0 set up");
    std::this_thread::sleep_for(glance);
  }
}

void Parts::remove_begin() const {
  std::error_code ignored;
  fs::remove(file("begin"), ignored);
}

std::vector<Part> Parts::gather(double patience_s) const {
  std::vector<Part> out;
  const auto deadline = Clock::now() + std::chrono::duration<double>(patience_s);
  for (std::int64_t rank = 1; rank < place_.ranks; ++rank) {
    const std::string path = file(fmt::format("rank-{}", rank));
    std::optional<json> content = content_of(path);
    while (!content && Clock::now() < deadline && asked_to_end() == 0) {
      std::this_thread::sleep_for(glance);
      content = content_of(path);
    }
    if (!content) continue;
    out.push_back(part_from(*content));
    std::error_code ignored;
    fs::remove(path, ignored);
  }
  return out;
}

}  // namespace scalelaw::adapter
