#include "drivers/record/session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <type_traits>

#include "common/build_info.hpp"
#include "common/json_text.hpp"
#include "common/record_writer.hpp"
#include "common/standard_streams.hpp"
#include "drivers/comm/json_exchange.hpp"
#include "drivers/comm/together.hpp"
#include "drivers/record/batch.hpp"
#include "drivers/record/rank_observer.hpp"
#include "drivers/record/summary.hpp"
#include "drivers/team/affinity.hpp"

namespace scalelaw::driver {
namespace {

using nlohmann::json;

constexpr int record_schema = 2;  // docs/record.md

json rank_times(const Subject& subject, const PassTimes& times) {
  json phases = json::object();
  for (std::size_t i = 0; i < subject.phases.size(); ++i) {
    phases[subject.phases[i].name] = times.phases_s[i];
  }
  return {{"phases_s", std::move(phases)},  {"wait_s", times.wait_s},
          {"computed_s", times.computed_s}, {"total_s", times.total_s},
          {"busy_s", times.busy_s},         {"items", times.items}};
}

double largest(const json& ranks, const char* key) {
  double most = 0;
  for (const json& rank : ranks) most = std::max(most, rank.at(key).get<double>());
  return most;
}

/// The mean of `batch` passes on this rank.
PassTimes one_sample(const Subject& subject, std::int64_t batch, bool diagnostic) {
  PassTimes sum;
  for (std::int64_t i = 0; i < batch; ++i) sum += subject.pass(diagnostic);
  return sum /= static_cast<double>(batch);
}

/// The root's value, on every rank.
template <class T>
T agree(Comm& comm, T of_root) {
  static_assert(std::is_trivially_copyable_v<T>);
  Bytes bytes(sizeof of_root);
  std::memcpy(bytes.data(), &of_root, sizeof of_root);
  bytes = comm.broadcast(std::move(bytes));
  std::memcpy(&of_root, bytes.data(), sizeof of_root);
  return of_root;
}

/// Runs the warm-ups, and chooses the batch if it is automatic.  Returns the seconds of the fastest
/// pass; infinity when there was none.
double warm_up(const Options& options, const Subject& subject, Batch& batch, Comm& comm) {
  double pass_s = std::numeric_limits<double>::infinity();
  const auto run = [&](std::int64_t passes) {
    for (; passes > 0; --passes) pass_s = std::min(pass_s, subject.pass(false).total_s);
    pass_s = agree(comm, pass_s);
  };
  run(std::max<std::int64_t>(options.warmups, batch.is_automatic() ? 1 : 0));
  if (!batch.is_automatic()) return pass_s;
  // The first passes are slow: caches and branch predictors are still warming up.  Where these are
  // not enough, the samples raise the batch.
  constexpr std::int64_t more_passes = 3;
  if (batch.is_short(pass_s)) run(more_passes);
  batch.choose(pass_s);
  return pass_s;
}

json phases_json(const std::vector<Phase>& phases) {
  json out = json::array();
  for (const Phase& phase : phases) {
    out.push_back({{"name", phase.name}, {"role", to_string(phase.role)}});
  }
  return out;
}

std::string verification_of(const Subject& subject) {
  if (subject.agreement == Agreement::sample) return "bounds";
  return subject.verify ? "known_answer" : "repeatable";
}

json header(const Identity& identity, const Options& options, const Subject& subject,
            const Team& team, const Comm& comm, std::int64_t batch, const Timer& timer,
            const json& ranks, const RankObserver& observer) {
  std::vector<std::string> hosts;
  for (const json& rank : ranks) hosts.push_back(rank.at("host"));
  std::sort(hosts.begin(), hosts.end());
  hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
  json out{
      {"record", "header"},
      {"schema", record_schema},
      {"driver", identity.driver},
      {"implementation", identity.implementation},
      {"kernel", subject.kernel},
      {"model", identity.model.name},
      {"params", subject.params},
      {"options", subject.options},
      {"seed", options.seed},
      {"isa", to_string(isa_of(subject))},
      {"phases", phases_json(subject.phases)},
      {"placement", {{"nodes", hosts.size()}, {"ranks", comm.size()}, {"threads", team.size()}}},
      {"ranks", ranks},
      {"work", to_json(subject.work, subject.nature)},
      {"warmups", options.warmups},
      {"samples", options.samples},
      {"diagnostics", options.diagnostics},
      {"batch", batch},
      {"timer",
       {{"name", comm.clock_name()},
        {"resolution_s", timer.resolution_s},
        {"overhead_s", timer.overhead_s}}},
      {"build",
       {{"version", build::version},
        {"revision", build::revision},
        {"compiler", build::compiler},
        {"flags", build::flags},
        {"type", build::type}}},
      {"mpi", nullptr},
      {"verification", verification_of(subject)}};
  out.update(observer.header_part());
  if (subject.agreement == Agreement::sample) out["agreement"] = "sample";
  if (subject.tuning) out["tuning"] = to_json(*subject.tuning);
  if (!comm.library().empty()) {
    out["mpi"] = {{"library", comm.library()}, {"thread_level", comm.thread_level()}};
  }
  return out;
}

/// One `sample` record from all ranks' times.  Timed samples do not measure waiting, so wait_s is
/// how much earlier than the slowest rank a rank ended its compute phase.
json sample_record(std::int64_t index, bool diagnostic, json ranks) {
  const double slowest = largest(ranks, "computed_s");
  for (json& rank : ranks) {
    if (!diagnostic) rank["wait_s"] = slowest - rank.at("computed_s").get<double>();
    rank.erase("computed_s");
  }
  json out{{"record", "sample"},
           {"index", index},
           {"diagnostic", diagnostic},
           {"total_s", largest(ranks, "total_s")}};
  out["ranks"] = std::move(ranks);
  return out;
}

/// In the order in which the work passes through the stages.
json stages_record(const std::vector<Stage>& stages) {
  json out = json::array();
  for (const Stage& stage : stages)
    out.push_back({{"stage", stage.name}, {"busy_s", stage.busy_s}});
  return out;
}

/// Verifies results: the first by the kernel's own verification, the others by equality with it.  If
/// they need not be equal, each by the kernel's verification.
class Judge {
 public:
  explicit Judge(const Subject& subject) : subject_(subject) {}

  /// Empty when the last pass's result is correct.
  std::string operator()() {
    const std::vector<Fact> facts = subject_.facts();
    json now = json::object();
    for (const Fact& fact : facts) now[fact.name] = fact.value;
    const bool alone = subject_.agreement == Agreement::sample;
    if (first_.is_null() || alone) {
      first_ = now;
      fault_ = subject_.verify ? subject_.verify() : std::string();
    }
    last_ = now;
    if (!fault_.empty()) return fault_;
    return now == first_ ? std::string() : "the result differs from the first sample's";
  }

  [[nodiscard]] const json& facts() const { return last_; }

 private:
  const Subject& subject_;
  json first_;
  json last_;
  std::string fault_;
};

/// Takes the samples of a launch, and writes each to the record immediately.
class Sampling {
 public:
  /// `observer`: of this rank; nullptr when nobody asks for a record.
  Sampling(const Options& options, const Subject& subject, Comm& comm, RecordWriter& record,
           RankObserver* observer)
      : options_(options),
        subject_(subject),
        comm_(comm),
        record_(record),
        observer_(observer),
        judge_(subject) {}

  /// Returns false when a sample was too short for the clock and the batch was raised; then the
  /// samples so far do not count.  Collective.
  bool take_all(Batch& batch) {
    summary_ = {};
    for (std::int64_t i = 0; i < options_.samples + options_.diagnostics; ++i) {
      const bool diagnostic = i >= options_.samples;
      json ranks = gather_json(comm_, of_this_rank(batch.passes(), diagnostic));
      json sample;
      if (comm_.is_root()) sample = sample_record(i, diagnostic, std::move(ranks));
      if (is_too_short(sample, batch)) return false;
      if (comm_.is_root()) enter(std::move(sample));
    }
    return true;
  }

  /// At the root only.
  [[nodiscard]] bool verified() const { return verified_; }
  [[nodiscard]] const Summary& summary() const { return summary_; }

 private:
  /// Takes a sample.  The system is asked before and after it, never within.
  json of_this_rank(std::int64_t passes, bool diagnostic) const {
    if (observer_ != nullptr) observer_->begin();
    const PassTimes times = one_sample(subject_, passes, diagnostic);
    const json seen = observer_ != nullptr ? observer_->end(passes) : json::object();
    json out = rank_times(subject_, times);
    out.update(seen);
    return out;
  }

  bool is_too_short(const json& sample, Batch& batch) {
    if (!batch.is_automatic()) return false;
    const double pass_s = comm_.is_root() ? sample.at("total_s").get<double>() : 0;
    return batch.raise_after(agree(comm_, pass_s));
  }

  void enter(json sample) {
    if (subject_.stages) sample["stages"] = stages_record(subject_.stages());
    const std::string fault = judge_();
    verified_ = verified_ && fault.empty();
    sample["facts"] = judge_.facts();
    sample["verified"] = fault.empty();
    sample["fault"] = fault;
    record_.write(sample);
    summary_.add(sample);
  }

  const Options& options_;
  const Subject& subject_;
  Comm& comm_;
  RecordWriter& record_;
  RankObserver* observer_;
  Judge judge_;
  Summary summary_;
  bool verified_ = true;
};

}  // namespace

PassNature nature_of(const Options& options) {
  const bool files = options.mode == Mode::pipeline;
  Exchange exchange = Exchange::reduce;
  if (options.data == Data::scatter) exchange = Exchange::scatter;
  if (options.distribution == Distribution::dynamic || options.overlap) exchange = Exchange::other;
  return {.task = files ? std::string(to_string(options.mode)) : std::string(),
          .diagnostics = !files,
          .exchange = exchange,
          .holds = holds_of(options)};
}

namespace {

json to_json(const Communication& one) {
  json out{{"phase", one.phase}, {"operation", to_string(one.operation)}};
  if (one.rank_bytes > 0) out["rank_bytes"] = one.rank_bytes;
  if (one.shared_bytes > 0) out["shared_bytes"] = one.shared_bytes;
  if (!one.shared_fact.empty()) out["shared_fact"] = one.shared_fact;
  if (one.fact_between_hosts) out["fact_between_hosts"] = true;
  if (one.count != 1) out["count"] = one.count;
  return out;
}

}  // namespace

json to_json(const Work& work, const PassNature& nature) {
  json out{{"items", work.items},
           {"operations", work.operations},
           {"flops", work.flops},
           {"compulsory_bytes", work.compulsory_bytes},
           {"resident_bytes", work.resident_bytes},
           {"amount", work.amount},
           {"unit", work.unit},
           {"memory_bound", work.memory_bound}};
  for (const Demand& demand : work.demands) out["demands"][demand.rate] = demand.amount;
  if (!nature.task.empty()) out["task"] = nature.task;
  if (!nature.diagnostics) out["diagnostics"] = false;
  if (nature.exchange != Exchange::reduce) out["exchange"] = to_string(nature.exchange);
  const auto [root, others] = nature.holds;
  if (root != Part::share || others != Part::share) {
    out["holds"] = {{"root", to_string(root)}, {"others", to_string(others)}};
  }
  if (nature.communication) {
    out["communication"] = json::array();
    for (const Communication& one : *nature.communication) {
      out["communication"].push_back(to_json(one));
    }
  }
  return out;
}

int measure(const Identity& identity, const Options& options, const Subject& subject, Team& team,
            Comm& comm) {
  std::optional<RecordWriter> record;
  together(comm, [&] { record.emplace(comm.is_root() ? options.record : std::string()); });
  const Timer timer = agree(comm, measure_timer(comm));
  Batch batch(options.batch, timer.resolution_s);
  const double pass_s = warm_up(options, subject, batch, comm);
  json ranks;
  std::optional<RankObserver> observer;
  if (!options.record.empty()) {
    const json threads = thread_affinity(team);
    ranks = gather_json(
        comm,
        {{"rank", comm.rank()}, {"host", host_name()}, {"pid", getpid()}, {"threads", threads}});
    observer.emplace(team, comm, threads, pass_s * static_cast<double>(batch.passes()));
  }
  const auto begin_record = [&] {
    if (!comm.is_root() || options.record.empty()) return;
    record->restart();
    record->write(
        header(identity, options, subject, team, comm, batch.passes(), timer, ranks, *observer));
  };
  Sampling sampling(options, subject, comm, *record, observer ? &*observer : nullptr);
  do {
    begin_record();
  } while (!sampling.take_all(batch));
  together(comm, [&] {
    if (comm.is_root() && subject.write) subject.write();
  });
  if (comm.is_root()) {
    record->write(
        {{"record", "end"}, {"samples", options.samples}, {"verified", sampling.verified()}});
    record->finish();
    print_output(sampling.summary().text(identity, options, subject, team.size(), comm.size()));
  }
  return agree(comm, sampling.verified() ? status_ok : status_wrong_result);
}

}  // namespace scalelaw::driver
