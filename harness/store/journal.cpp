#include "harness/store/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <utility>

#include "common/error.hpp"
#include "common/field.hpp"
#include "common/json_text.hpp"
#include "harness/store/json.hpp"

namespace scalelaw {
namespace {

using nlohmann::json;

constexpr int journal_schema = 1;

/// A log may hold bytes that are no UTF-8; they are replaced rather than lost with the launch.
std::string to_line(const json& object) {
  return serialize(object);
}

[[noreturn]] void fail(const std::string& path, const std::string& what, const std::string& hint) {
  throw Error(fmt::format("{}: {}", path, what), hint);
}

int open_locked(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    fail(path, std::strerror(errno),
         errno == ENOENT ? "there is nothing to resume: run without --resume"
                         : "choose an --output in a folder that can be written");
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    fail(path, "another scalelaw is writing it", "wait for it, or choose another --output");
  }
  return descriptor;
}

constexpr const char* begin_anew = "remove the journal to begin anew, or choose another --output";

/// The first line of a journal that this program can read.
void require_plan_line(const std::string& path, const json& line) {
  if (line.value("journal", "") != "plan") {
    fail(path, "this is not a journal of scalelaw", "choose another --output");
  }
  if (line.at("schema").get<int>() != journal_schema) {
    fail(path,
         fmt::format("its schema is {}, not {}", serialize(line.at("schema")), journal_schema),
         begin_anew);
  }
}

/// Times that were invented and times that were measured must never stand in one file.
void require_same_clock(const std::string& path, const json& written, const Results& plan) {
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const std::string then = written[i].value("clock", "measured");  // older ones only measured
    const std::string_view now = to_string(plan.points[i].clock);
    if (then == now) continue;
    fail(path, fmt::format("its times are {}, and this launcher's are {}", then, now),
         "resume with the launcher this campaign began with, or choose another --output");
  }
}

/// The plan of the journal must be the plan at hand, or launches would be joined that do not belong
/// together.
void require_same_plan(const std::string& path, const json& written, const Results& plan) {
  if (written.at("config_text").get_ref<const std::string&>() != plan.config_text) {
    fail(path, "the config has changed since this campaign began",
         std::string("restore the config, or ") + begin_anew);
  }
  const json& points = written.at("points");
  bool same = points.size() == plan.points.size() && written.at("seed") == plan.seed;
  for (std::size_t i = 0; same && i < points.size(); ++i) {
    same = points[i].at("id").get_ref<const std::string&>() == plan.points[i].id;
  }
  if (!same) {
    fail(path, "the plan is not the one this campaign began with",
         std::string("resume with the same options on the same machine, or ") + begin_anew);
  }
  require_same_clock(path, points, plan);
  const auto environment = written.at("environment").get<std::map<std::string, std::string>>();
  for (const char* name : {"build.version", "build.revision", "build.flags", "cpu.model"}) {
    const auto then = environment.find(name), now = plan.environment.find(name);
    if (then == environment.end() || now == plan.environment.end()) continue;
    if (then->second != now->second) {
      fail(path,
           fmt::format("this campaign began with another {}: {}, now {}", name, then->second,
                       now->second),
           begin_anew);
    }
  }
}

void take_launch(const json& line, Results& results) {
  Launch launch = launch_from_json(line.at("launch"));
  if (launch.point < 0 || launch.point >= static_cast<std::int64_t>(results.points.size())) {
    throw Error(fmt::format("a launch of point {}, which the plan does not have", launch.point));
  }
  std::vector<Sample> samples;
  for (const json& sample : line.at("samples")) {
    samples.push_back(sample_from_json(sample));
    samples.back().launch = static_cast<std::int64_t>(results.launches.size());
  }
  results.launches.push_back(std::move(launch));
  for (Sample& sample : samples) results.samples.push_back(std::move(sample));
}

void take_plan(const std::string& path, const json& line, Results& plan) {
  require_plan_line(path, line);
  require_same_plan(path, line, plan);
  plan.started = line.at("started").get<std::string>();
  plan.environment = line.at("environment").get<std::map<std::string, std::string>>();
  plan.launches.clear();
  plan.samples.clear();
}

/// Gives each whole line to `take`, in order; returns how many bytes they have.
std::size_t for_each_line(const std::string& path, const std::string& text,
                          const std::function<void(const json&)>& take) {
  std::size_t begin = 0;
  for (std::int64_t number = 1;; ++number) {
    const std::size_t newline = text.find('\n', begin);
    if (newline == std::string::npos) return begin;
    try {
      take(json::parse(text.begin() + static_cast<std::ptrdiff_t>(begin),
                       text.begin() + static_cast<std::ptrdiff_t>(newline)));
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      // A kill leaves a torn line at the end only; with a newline after it, it is damage.
      fail(path, fmt::format("line {} is malformed: {}", number, error.what()),
           "the file is damaged: remove it to begin anew");
    }
    begin = newline + 1;
  }
}

/// Reads all whole lines into `plan` and returns how many bytes they take.
std::size_t take_lines(const std::string& path, const std::string& text, Results& plan) {
  bool first = true;
  return for_each_line(path, text, [&](const json& line) {
    if (first) {
      take_plan(path, line, plan);
    } else {
      take_launch(line, plan);
    }
    first = false;
  });
}

std::string read_all(int descriptor, const std::string& path) {
  std::string text;
  std::vector<char> buffer(1 << 16);
  for (;;) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path, std::strerror(errno), "check the disk");
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

json plan_to_json(const Results& plan) {
  json points = json::array();
  for (const Point& point : plan.points) points.push_back(to_json(point));
  return {{"journal", "plan"},
          {"schema", journal_schema},
          {"name", plan.name},
          {"config_text", plan.config_text},
          {"seed", plan.seed},
          {"started", plan.started},
          {"target_interval", plan.target_interval},
          {"environment", plan.environment},
          {"points", std::move(points)}};
}

Results plan_from_json(const json& line) {
  Results plan;
  plan.name = line.at("name").get<std::string>();
  plan.config_text = line.at("config_text").get<std::string>();
  plan.seed = line.at("seed").get<std::int64_t>();
  plan.started = line.at("started").get<std::string>();
  plan.target_interval = line.at("target_interval").get<double>();
  plan.environment = line.at("environment").get<std::map<std::string, std::string>>();
  for (const json& point : line.at("points")) plan.points.push_back(point_from_json(point));
  return plan;
}

std::optional<Results> read_journal(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(path, std::strerror(errno), "is it the journal of a campaign?");
  std::ostringstream text;
  text << file.rdbuf();
  std::optional<Results> out;
  (void)for_each_line(path, text.str(), [&](const json& line) {
    if (out) {
      take_launch(line, *out);
    } else {
      require_plan_line(path, line);
      out = plan_from_json(line);
    }
  });
  return out;
}

std::optional<Results> read_journal_plan(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(path, std::strerror(errno), "is it the journal of a campaign?");
  std::string text;
  if (!std::getline(file, text) || file.eof()) return {};
  std::optional<Results> out;
  (void)for_each_line(path, text + '\n', [&](const json& line) {
    require_plan_line(path, line);
    out = plan_from_json(line);
  });
  return out;
}

std::string journal_path(const std::string& output) {
  return output + ".journal";
}

Journal::Journal(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

Journal::Journal(Journal&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

Journal::~Journal() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Journal Journal::begin(const std::string& path, const Results& plan) {
  Journal journal(path, open_locked(path, O_RDWR | O_CREAT | O_APPEND));
  if (read_all(journal.descriptor_, path).find('\n') != std::string::npos) {
    fail(path, "a campaign that did not finish left its journal here",
         "go on with it by --resume, or remove the file to begin anew");
  }
  journal.cut_to(0);  // killed inside the first line: nothing had been measured
  journal.write_line(to_line(plan_to_json(plan)));
  return journal;
}

Journal Journal::resume(const std::string& path, Results& plan) {
  Journal journal(path, open_locked(path, O_RDWR | O_APPEND));
  const std::size_t whole = take_lines(path, read_all(journal.descriptor_, path), plan);
  journal.cut_to(whole);
  if (whole == 0) journal.write_line(to_line(plan_to_json(plan)));
  return journal;
}

void Journal::append(const Launch& launch, const std::vector<Sample>& samples) {
  json lines = json::array();
  for (const Sample& sample : samples) lines.push_back(to_json(sample));
  const json line{
      {"journal", "launch"}, {"launch", to_json(launch)}, {"samples", std::move(lines)}};
  write_line(to_line(line));
}

void Journal::cut_to(std::size_t size) {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) {
    fail(path_, std::strerror(errno), "check the disk");
  }
}

void Journal::write_line(const std::string& line) {
  const std::string text = line + '\n';
  for (std::size_t written = 0; written < text.size();) {
    const ssize_t put = ::write(descriptor_, text.data() + written, text.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail(path_, std::strerror(errno), "make room on the disk, then --resume");
    written += static_cast<std::size_t>(put);
  }
  while (::fdatasync(descriptor_) != 0) {
    if (errno == EINTR) continue;  // a signal while a network file system wrote
    if (errno == EINVAL) return;   // not a file that can be synced
    fail(path_, std::strerror(errno), "check the disk, then --resume");
  }
}

void Journal::remove() noexcept {
  ::unlink(path_.c_str());
}

}  // namespace scalelaw
