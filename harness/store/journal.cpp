#include "harness/store/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <utility>

#include "common/error.hpp"
#include "common/foreign_json.hpp"
#include "common/json_text.hpp"
#include "harness/store/checked_line.hpp"
#include "harness/store/output_path.hpp"
#include "harness/store/results_columns.hpp"
#include "harness/store/samples_json.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

constexpr int journal_schema = 3;
constexpr std::int64_t most_journal_bytes = std::int64_t{1}
                                            << 40;  // of a journal: no bound but memory

[[noreturn]] void fail(const std::string& path, const std::string& what, const std::string& hint) {
  throw Error(fmt::format("{}: {}", path, what), hint);
}

/// Locks the journal against other processes.  Returns why it cannot be locked here, or an empty
/// text.
/// Errors: throws Error when another process holds the lock.
std::string lock(const RegularFile& file) {
  while (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) {
      fail(file.path(), "another scalelaw is writing to it",
           "wait for it, or choose another --output");
    }
    return std::strerror(errno);
  }
  return {};
}

/// Requires the file to be the one at its path.  Whoever held the lock before may have removed it.
void require_in_place(const RegularFile& file) {
  struct stat ours {
  }, named{};
  const bool same = ::fstat(file.descriptor(), &ours) == 0 &&
                    ::stat(file.path().c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
                    ours.st_dev == named.st_dev;
  if (same) return;
  fail(file.path(), "another scalelaw has just finished this campaign", "run this command again");
}

/// Gives the file `from` the name `to`, which no file may have.
/// Errors: throws Error when there is one, or when the file system refuses.
void place_new(const std::string& from, const std::string& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return;
  const bool has_no_links = errno == EPERM || errno == EOPNOTSUPP;  // the file system, such as FAT
  if (errno == EEXIST || (has_no_links && std::filesystem::exists(to))) {
    fail(to, "another scalelaw has just begun to continue this campaign",
         "wait for it; if it was killed, continue with --resume");
  }
  if (has_no_links && ::rename(from.c_str(), to.c_str()) == 0) return;
  fail(to, std::strerror(errno), "choose an --output in a writable folder");
}

/// Makes the file `path` with all of `text`, or leaves no file.
/// Errors: those of place_new().
void place_whole(const std::string& path, const std::string& text) {
  const std::string part = part_path(path);
  try {
    const RegularFile file(part, O_RDWR | O_CREAT | O_TRUNC,
                           "choose an --output in a writable folder");
    file.write_at(0, text);
    file.sync();
    place_new(part, path);
  } catch (...) {
    ::unlink(part.c_str());
    throw;
  }
  ::unlink(part.c_str());
}

constexpr const char* start_over = "remove the journal to start over, or choose another --output";

/// Distinguishes a damaged journal from a file of another kind or version.
void require_journal(const std::string& path, std::string_view first_line) {
  json line;
  try {
    line = parse_foreign(first_line);
  } catch (const std::exception&) {  // not JSON
    if (is_checked_line(first_line)) return;
  }
  const bool is_plan = line.is_object() && line.value("journal", json()) == "plan";
  if (!is_plan || !line.contains("schema")) {
    fail(path, "this is not a journal of scalelaw", "choose another --output");
  }
  if (line["schema"] != journal_schema) {
    fail(path,
         fmt::format("its schema is {}, but this scalelaw reads {}: another version began this "
                     "campaign",
                     serialize(line["schema"]), journal_schema),
         "finish the campaign with the version that began it, or remove the journal to start over");
  }
}

/// Refuses to mix invented and measured times in one file.
void require_same_clock(const std::string& path, const json& written, const Results& plan) {
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const std::string then = written[i].at("clock").get<std::string>();
    const std::string_view now = to_string(plan.points[i].clock);
    if (then == now) continue;
    fail(path, fmt::format("its times are {}, but this launcher's are {}", then, now),
         "resume with the launcher this campaign began with, or choose another --output");
  }
}

/// Requires the journal's plan to be the current one.  Otherwise launches of two different plans
/// would be mixed.
void require_same_plan(const std::string& path, const json& written, const Results& plan) {
  if (written.at("config_text").get_ref<const std::string&>() != plan.config_text) {
    fail(path, "the config has changed since this campaign began",
         std::string("restore the config, or ") + start_over);
  }
  const json& points = written.at("points");
  bool same = points.size() == plan.points.size() && written.at("seed") == plan.seed;
  for (std::size_t i = 0; same && i < points.size(); ++i) {
    same = points[i].at("id").get_ref<const std::string&>() == plan.points[i].id;
  }
  if (!same) {
    fail(path, "the plan is not the one this campaign began with",
         std::string("resume with the same options on the same machine, or ") + start_over);
  }
  require_same_clock(path, points, plan);
  const auto environment = written.at("environment").get<std::map<std::string, std::string>>();
  for (const char* name : {"build.version", "build.revision", "build.flags", "cpu.model",
                           "simulated.from", "simulated.from_started"}) {
    const auto then = environment.find(name), now = plan.environment.find(name);
    if (then == environment.end() || now == plan.environment.end()) continue;
    if (then->second != now->second) {
      fail(path,
           fmt::format("this campaign began with another {}: {}, now {}", name, then->second,
                       now->second),
           start_over);
    }
  }
}

void take_launch(const json& line, Results& results) {
  Launch launch = from_json(launch_columns(), line.at("launch"));
  if (launch.point < 0 || launch.point >= static_cast<std::int64_t>(results.points.size())) {
    throw Error(fmt::format("a launch of point {}, which the plan does not have", launch.point));
  }
  std::vector<Sample> samples = samples_from_json(line.at("samples"));
  for (Sample& sample : samples) {
    sample.launch = static_cast<std::int64_t>(results.launches.size());
    results.samples.push_back(std::move(sample));
  }
  results.launches.push_back(std::move(launch));
}

void take_superseded(const json& line, Results& results) {
  for (const json& row : line.at("launches")) {
    results.launches.at(row.get<std::size_t>()).superseded = true;
  }
}

/// Reads any line except the first.
void take_line(const json& line, Results& results) {
  if (line.at("journal") == "superseded") {
    take_superseded(line, results);
  } else {
    take_launch(line, results);
  }
}

json launch_line(const Launch& launch, const std::vector<Sample>& samples) {
  return {{"journal", "launch"},
          {"launch", json_of(launch_columns(), launch)},
          {"samples", samples_to_json(samples)}};
}

/// Which points share launches stays what it was, although others may be skipped now.
void take_shares(const json& written, Results& plan) {
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const std::int64_t shares = from_json(point_columns(), written[i]).shares;
    if (shares >= static_cast<std::int64_t>(plan.points.size())) {
      throw Error(
          fmt::format("a point shares launches of point {}, which the plan does not have", shares));
    }
    plan.points[i].shares = shares;
  }
}

void take_plan(const std::string& path, const json& line, Results& plan) {
  require_same_plan(path, line, plan);
  take_shares(line.at("points"), plan);
  plan.started = line.at("started").get<std::string>();
  plan.environment = line.at("environment").get<std::map<std::string, std::string>>();
  plan.launches.clear();
  plan.samples.clear();
}

/// Refuses a line that is damaged.
[[noreturn]] void fail_line(const std::string& path, std::int64_t number,
                            const std::exception& error) {
  const bool of_json = dynamic_cast<const json::exception*>(&error) != nullptr;
  fail(path,
       fmt::format("line {} is damaged: {}", number,
                   of_json ? "a field is missing, or of another type" : error.what()),
       number == 1 ? "restore it from a copy, or remove it to start over"
                   : fmt::format("restore it from a copy, or delete that line, whose launch "
                                 "--resume then repeats: sed -i {}d {}",
                                 number, path));
}

/// Passes the first whole line to `plan` and the others to `launch`.  Returns their length in
/// bytes.
std::size_t for_each_line(const std::string& path, std::string_view text,
                          const std::function<void(const json&)>& plan,
                          const std::function<void(const json&)>& launch) {
  std::size_t begin = 0;
  for (std::int64_t number = 1;; ++number) {
    const std::size_t newline = text.find('\n', begin);
    if (newline == std::string_view::npos) return begin;
    const std::string_view line = text.substr(begin, newline - begin);
    begin = newline + 1;
    if (number == 1) require_journal(path, line);
    json object;
    try {
      object = parse_checked_line(line);
      if (number > 1) launch(object);
    } catch (const std::exception& error) {
      // A kill can leave an incomplete line only at the end, without a newline.  Any other is
      // damage.
      fail_line(path, number, error);
    }
    if (number > 1) continue;
    try {
      plan(object);
    } catch (const json::exception& error) {  // any Error is of a plan that is whole
      fail_line(path, number, error);
    }
  }
}

/// Reads all whole lines into `plan` and returns how many bytes they take.
std::size_t take_lines(const std::string& path, std::string_view text, Results& plan) {
  return for_each_line(
      path, text, [&](const json& line) { take_plan(path, line, plan); },
      [&](const json& line) { take_line(line, plan); });
}

}  // namespace

json plan_to_json(const Results& plan) {
  json points = json::array();
  for (const Point& point : plan.points) points.push_back(json_of(point_columns(), point));
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
  for (const json& point : line.at("points"))
    plan.points.push_back(from_json(point_columns(), point));
  return plan;
}

std::optional<Results> read_journal(const std::string& path) {
  const RegularFile file(path, O_RDONLY, "make sure that it is the journal of a campaign");
  std::optional<Results> out;
  (void)for_each_line(
      path, file.read_all(most_journal_bytes),
      [&](const json& line) { out = plan_from_json(line); },
      [&](const json& line) { take_line(line, *out); });
  return out;
}

std::optional<Results> read_journal_plan(const std::string& path) {
  const RegularFile file(path, O_RDONLY, "make sure that it is the journal of a campaign");
  std::string text;
  constexpr std::size_t step = 1 << 16;
  for (std::size_t got = step; got == step && text.find('\n') == std::string::npos;) {
    const std::size_t before = text.size();
    text.resize(before + step);
    got = file.read_at(static_cast<std::int64_t>(before), text.data() + before, step);
    text.resize(before + got);
  }
  std::optional<Results> out;
  (void)for_each_line(
      path, text.substr(0, text.find('\n') + 1),
      [&](const json& line) { out = plan_from_json(line); }, [](const json&) {});
  return out;
}

Journal::Journal(RegularFile file) : file_(std::move(file)), lock_fault_(lock(file_)) {
  require_in_place(file_);
}

Journal Journal::begin(const std::string& path, const Results& plan) {
  Journal journal(RegularFile(path, O_RDWR | O_CREAT, "choose an --output in a writable folder"));
  if (journal.file_.read_all(most_journal_bytes).find('\n') != std::string::npos) {
    fail(path, "an unfinished campaign left its journal here",
         "continue it with --resume, or remove the file to start over");
  }
  try {
    journal.cut_to(0);  // killed inside the first line: nothing had been measured
    journal.write_line(plan_to_json(plan));
  } catch (...) {
    journal.remove();
    throw;
  }
  return journal;
}

Journal Journal::resume(const std::string& path, Results& plan) {
  Journal journal(RegularFile(path, O_RDWR, "run without --resume, or name the right --output"));
  const std::size_t whole = take_lines(path, journal.file_.read_all(most_journal_bytes), plan);
  journal.cut_to(static_cast<std::int64_t>(whole));
  if (whole == 0) journal.write_line(plan_to_json(plan));
  return journal;
}

Journal Journal::reopen(const std::string& path, const Results& written, Results& plan) {
  Results checked = plan;
  take_plan(path, plan_to_json(written), checked);
  plan.started = checked.started;
  plan.environment = checked.environment;
  plan.points = std::move(checked.points);
  std::vector<std::vector<Sample>> samples(written.launches.size());
  for (const Sample& sample : written.samples) {
    samples[static_cast<std::size_t>(sample.launch)].push_back(sample);
  }
  std::string text = checked_line(plan_to_json(plan));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    text += checked_line(launch_line(written.launches[i], samples[i]));
  }
  place_whole(path, text);
  return resume(path, plan);
}

void Journal::supersede(const std::vector<std::int64_t>& launches) {
  write_line({{"journal", "superseded"}, {"launches", launches}});
}

void Journal::append(const Launch& launch, const std::vector<Sample>& samples) {
  write_line(launch_line(launch, samples));
}

void Journal::cut_to(std::int64_t size) {
  file_.cut_to(size);
  end_ = size;
}

void Journal::write_line(const json& line) {
  const std::string text = checked_line(line);
  try {
    file_.write_at(end_, text);
    file_.sync();
  } catch (const Error& error) {
    try {
      file_.cut_to(end_);
    } catch (const Error&) {  // reading the journal skips a line without its end
    }
    throw Error(error.what(), "free space on the disk, or check it, then continue with --resume");
  }
  end_ += static_cast<std::int64_t>(text.size());
}

void Journal::discard(const std::string& path) {
  Journal(RegularFile(path, O_RDWR, "choose an --output in a writable folder")).remove();
}

void Journal::remove() noexcept {
  ::unlink(path().c_str());
}

}  // namespace scalelaw::harness
