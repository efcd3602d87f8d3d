#include "adapter/session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <memory>
#include <set>

#include "adapter/child.hpp"
#include "adapter/description.hpp"
#include "adapter/part.hpp"
#include "adapter/pattern.hpp"
#include "adapter/place.hpp"
#include "adapter/samples.hpp"
#include "common/build_info.hpp"
#include "common/cpu_list.hpp"
#include "common/error.hpp"
#include "common/observation/observer.hpp"
#include "common/own_processors.hpp"
#include "common/record_writer.hpp"
#include "common/standard_streams.hpp"

namespace scalelaw::adapter {
namespace {

using nlohmann::json;

/// How long rank 0 waits for the other ranks' parts, once its own command has ended.
constexpr double patience_s = 30;

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

/// What the patterns find in one run's output.
class Finder {
 public:
  explicit Finder(const Definition& definition)
      : unit_(definition.time_unit), pattern_(definition.time) {
    if (!definition.time.empty()) time_ = std::make_unique<Pattern>(definition.time);
    if (!definition.check.empty()) check_ = std::make_unique<Pattern>(definition.check);
  }

  void look_in(std::string_view line, Part& part) const {
    if (time_) {
      for (const std::string& text : time_->matches_in(line)) take_time(text, part);
    }
    if (!check_) return;
    for (std::string& text : check_->matches_in(line)) part.check = std::move(text);
  }

 private:
  void take_time(const std::string& text, Part& part) const {
    double seconds = 0;
    try {
      seconds = seconds_from(number_in(text), unit_);
    } catch (const Error& error) {
      refuse(part, fmt::format("`time` = '{}' found '{}', which is not a number", pattern_, text));
      return;
    }
    part.times_s.push_back(seconds);
    if (seconds > 0) return;
    const char* reason = seconds < 0 ? "a time is not negative"
                                     : "the program must run longer, or print more digits";
    refuse(part, fmt::format("`time` = '{}' found '{}': {}", pattern_, text, reason));
  }

  static void refuse(Part& part, std::string fault) {
    part.fault = std::move(fault);
    part.is_of_pattern = true;
  }

  TimeUnit unit_;
  std::string pattern_;
  std::unique_ptr<Pattern> time_, check_;
};

/// The record: its header can still improve while samples are taken.
class Recorder {
 public:
  Recorder(const std::string& path, json header) : writer_(path), header_(std::move(header)) {
    writer_.write(header_);
  }

  /// Begins the record anew, with what is known by now.
  void improve(const json& header) {
    if (header == header_) return;
    header_ = header;
    writer_.restart();
    writer_.write(header_);
    for (const json& sample : samples_) writer_.write(sample);
  }

  void add(json sample) {
    sample["index"] = samples_.size();
    all_verified_ = all_verified_ && sample["verified"].get<bool>();
    if (!sample["verified"].get<bool>() && fault_.empty()) {
      fault_ = fmt::format("sample {}: {}", samples_.size(), sample["fault"].get<std::string>());
    }
    writer_.write(sample);
    samples_.push_back(std::move(sample));
  }

  void end() {
    writer_.write({{"record", "end"}, {"samples", samples_.size()}, {"verified", all_verified_}});
    writer_.finish();
  }

  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(samples_.size()); }
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  RecordWriter writer_;
  json header_;
  std::vector<json> samples_;
  bool all_verified_ = true;
  std::string fault_;
};

/// One launch, as one of its processes sees it.
class Session {
 public:
  Session(const Definition& definition, const Asked& asked)
      : definition_(definition),
        asked_(asked),
        place_(definition.ranked ? find_place() : Place{}),
        parts_(asked.record, place_),
        finder_(definition),
        processors_(processors_of_this_thread()),
        observer_({.processors = processors_, .energy = place_.is_root()}),
        fillings_(fillings_of(asked, place_.ranks, place_.nodes)) {}

  bool run() {
    if (!place_.is_root()) return as_other();
    Recorder record(asked_.record, header({}, 0));
    const auto begun = guarded([&] { set_up(); });
    if (place_.ranks > 1 && !asked_.record.empty() && !definition_.setup.empty()) {
      parts_.let_begin(begun == nullptr);
    }
    auto failed = begun ? begun : guarded([&] { take_samples(record); });
    if (!begun) {
      const auto torn = guarded([&] { command_by_the_way(definition_.teardown, "teardown"); });
      if (!failed) failed = torn;
    }
    if (failed) std::rethrow_exception(failed);
    parts_.remove_begin();
    record.end();
    if (!record.fault().empty()) complain(program_name, record.fault());
    return record.fault().empty();
  }

 private:
  template <class F>
  static std::exception_ptr guarded(F&& step) {
    try {
      step();
      return nullptr;
    } catch (...) {
      return std::current_exception();
    }
  }

  /// A rank that is not the root: it measures its own process, and leaves the rest to the root.
  bool as_other() {
    if (!definition_.setup.empty() && !asked_.record.empty()) parts_.wait_for_begin();
    const Part part = run_once(0);
    if (!asked_.record.empty()) parts_.write(part);
    require_well(part);
    return true;
  }

  [[nodiscard]] Invocation invocation(const std::vector<std::string>& words,
                                      const Fillings& fillings) const {
    Invocation out;
    out.argv = filled(words, fillings);
    for (const auto& [name, value] : definition_.env) out.env[name] = filled(value, fillings);
    out.folder = filled(definition_.folder, fillings);
    return out;
  }

  void set_up() { command_by_the_way(definition_.setup, "setup"); }

  /// Runs an untimed command, if there is one.
  void command_by_the_way(const std::vector<std::string>& words, const char* what) {
    if (words.empty()) return;
    const Invocation command = invocation(words, fillings_);
    const ChildEnd end = run_child(command, 1, [](std::string_view) {});
    if (end.fault().empty()) return;
    throw RunFailure(fmt::format("`{}` {}", what, end.fault()),
                     fmt::format("run it by hand to see why: {}", command.text()));
  }

  /// One run of the command; `number`: of the runs of this launch.
  Part run_once(std::int64_t number) {
    Fillings fillings = fillings_;
    fillings["sample"] = std::to_string(number);
    const Invocation command = invocation(definition_.command, fillings);
    by_hand_ = command.text();
    Part part;
    part.rank = place_.rank;
    part.host = host_name();
    observer_.begin();
    const ChildEnd end = run_child(command, asked_.threads,
                                   [&](std::string_view line) { finder_.look_in(line, part); });
    part.seen = observer_.end();
    part.steal_cpus = format_cpu_list(processors_);
    part.pid = end.pid;
    part.use = end.use;
    part.threads = end.threads;
    part.last_words = end.last_words;
    if (const std::string fault = end.fault(); !fault.empty()) {
      part.fault = fmt::format("{} {}", command.argv.front(), fault);
      part.is_of_pattern = false;
    }
    return part;
  }

  void require_well(const Part& part) const {
    if (asked_to_end() != 0) throw RunFailure("asked to end", "start it again");
    if (part.fault.empty()) return;
    const std::string who = place_.ranks > 1 ? fmt::format("rank {}: ", part.rank) : "";
    throw RunFailure(
        who + part.fault,
        fmt::format("{}: {}",
                    part.is_of_pattern ? "correct the pattern, or what the program prints; "
                                         "run it by hand to see that"
                                       : "run it by hand to see why",
                    by_hand_));
  }

  /// All processes of one run: this one's and, under mpirun, the others'.
  std::vector<Part> one_run(std::int64_t number) {
    std::vector<Part> out{run_once(number)};
    if (place_.ranks > 1 && !asked_.record.empty()) {
      for (Part& part : parts_.gather(patience_s)) out.push_back(std::move(part));
      if (static_cast<std::int64_t>(out.size()) < place_.ranks) {
        complain(program_name,
                 fmt::format("{} of {} ranks left no part beside '{}': what they took is unknown",
                             place_.ranks - static_cast<std::int64_t>(out.size()), place_.ranks,
                             asked_.record),
                 "let the folder of --record be one that every rank can write");
      }
    }
    for (const Part& part : out) require_well(part);
    return out;
  }

  void take_samples(Recorder& record) {
    std::int64_t number = 0;
    const bool once = definition_.runs_once();
    for (std::int64_t i = 0; !once && i < asked_.warmups; ++i) watch(one_run(number++));
    const std::int64_t wanted = once ? 1 : asked_.samples;
    while (record.count() < wanted) {
      std::vector<std::vector<Part>> runs;
      for (std::int64_t i = 0; i < (once ? 1 : asked_.batch); ++i) {
        runs.push_back(one_run(number++));
        watch(runs.back());
      }
      std::vector<json> samples = samples_of(definition_, runs, place_.ranks);
      if (record.count() == 0) record.improve(header(seen_, std::ssize(samples)));
      for (json& sample : samples) record.add(std::move(sample));
    }
    record.improve(header(seen_, record.count()));
  }

  /// Keeps what is known of the threads: a short run may show nothing of them.
  void watch(const std::vector<Part>& run) {
    if (static_cast<std::int64_t>(run.size()) < place_.ranks) return;
    if (seen_.empty()) seen_ = run;
    for (std::size_t rank = 0; rank < run.size(); ++rank) {
      for (std::size_t i = 0; i < run[rank].threads.size(); ++i) {
        SeenThread& known = seen_[rank].threads[i];
        if (known.cpus == SeenThread{}.cpus) known = run[rank].threads[i];
      }
    }
  }

  /// The header; `ranks`: those of a run, or none while they are not known.
  [[nodiscard]] json header(const std::vector<Part>& ranks, std::int64_t samples) const {
    const bool once = definition_.runs_once();
    json out{{"record", "header"},
             {"schema", 2},
             {"driver", program_name},
             {"implementation", definition_.name},
             {"kernel", definition_.kernel},
             {"model", model_name(definition_)},
             {"params", params_of(definition_, asked_)},
             {"options", json::object()},
             {"seed", asked_.seed},
             {"work", work_of(definition_, asked_)},
             {"binding", "observed"},
             {"agreement", "placements"},
             {"tolerance", definition_.check_tolerance},
             {"warmups", once ? 0 : asked_.warmups},
             {"samples", samples > 0 ? samples : asked_.samples},
             {"diagnostics", 0},
             {"batch", once ? 1 : asked_.batch},
             {"build", {{"adapter", fmt::format("{} ({})", build::version, build::revision)}}},
             {"timer", timer()}};
    for (const auto& [way, what] : observer_.known()) out["observed"][way] = what;
    for (const auto& [way, why] : observer_.unknown()) out["unobserved"][way] = why.what();
    if (!definition_.check.empty()) out["verification"] = "repeatable";
    if (ranks.empty()) return out;
    std::set<std::string> hosts;
    out["ranks"] = json::array();
    for (const Part& part : ranks) {
      hosts.insert(part.host);
      json threads = json::array();
      for (const SeenThread& thread : part.threads) {
        threads.push_back(
            {{"thread", threads.size()}, {"cpus", thread.cpus}, {"last_cpu", thread.last_cpu}});
      }
      out["ranks"].push_back(
          {{"rank", part.rank}, {"host", part.host}, {"pid", part.pid}, {"threads", threads}});
      if (!part.steal_cpus.empty()) out["ranks"].back()["steal_cpus"] = part.steal_cpus;
    }
    out["placement"] = {
        {"nodes", hosts.size()}, {"ranks", ranks.size()}, {"threads", asked_.threads}};
    return out;
  }

  [[nodiscard]] json timer() const {
    if (!definition_.time.empty()) return {{"name", "the program's own"}, {"span", "own"}};
    return {{"name", "steady_clock around the process"},
            {"span", "process"},
            {"resolution_s", 1e-9},
            {"overhead_s", 0.0}};
  }

  const Definition& definition_;
  const Asked& asked_;
  Place place_;
  Parts parts_;
  Finder finder_;
  std::vector<int> processors_;  ///< of this process, whose steal it looks at
  Observer observer_;            ///< of the programs that this process starts
  Fillings fillings_;
  std::string by_hand_;
  std::vector<Part> seen_;
};

}  // namespace

Fillings fillings_of(const Asked& asked, std::int64_t ranks, std::int64_t nodes) {
  Fillings out(asked.params.begin(), asked.params.end());
  if (asked.size) out["size"] = std::to_string(*asked.size);
  out["ranks"] = std::to_string(ranks);
  out["nodes"] = std::to_string(nodes);
  out["threads"] = std::to_string(asked.threads);
  out["seed"] = std::to_string(asked.seed);
  out["sample"] = "0";
  return out;
}

bool measure(const Definition& definition, const Asked& asked) {
  return Session(definition, asked).run();
}

}  // namespace scalelaw::adapter
