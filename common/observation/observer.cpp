#include "common/observation/observer.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "common/cpu_list.hpp"
#include "common/observation/energy.hpp"
#include "common/observation/proc_file.hpp"

namespace scalelaw {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

/// What the threads' counters counted between two readings of each; there are some.
void tell_counted(Observed& seen, const std::vector<Counters::Reading>& begin,
                  const std::vector<Counters::Reading>& end) {
  seen.cycles = seen.instructions = seen.counted_s = 0;
  for (std::size_t i = 0; i < end.size(); ++i) {
    const Counters::Difference came = Counters::between(begin[i], end[i]);
    seen.cycles += came.cycles;
    seen.instructions += came.instructions;
    seen.counted_s += came.counted_s;
  }
}

}  // namespace

Observer::Observer(const ObserverSetup& setup) {
  // The last looks right before the span, the first of all after it.
  add("steal", [&] { return steal(setup); });
  if (setup.energy) add("energy", [&] { return energy(setup); });
  add("usage", [&] { return usage(setup); });
  add("counters", [&] { return counters(setup); });
  if (!setup.threads.empty()) add("queue", [&] { return queue(setup); });
}

/// `make` adds the way to look and says what it looks at, or throws why there is none.
void Observer::add(const std::string& name, const std::function<std::string()>& make) {
  try {
    known_.emplace(name, make());
    ways_.back().name = name;
  } catch (const Error& why) {
    unknown_.emplace(name, why);
  }
}

std::string Observer::steal(const ObserverSetup& setup) {
  if (setup.processors.empty()) {
    throw Error("the system does not say which processors are used", "the steal stays unknown");
  }
  // A line of /proc/stat has ten numbers; those of the processors come first.
  constexpr std::size_t longest_line = 224;
  const auto last = static_cast<std::size_t>(*std::ranges::max_element(setup.processors));
  const std::string path = setup.proc / "stat";
  const auto file = std::make_shared<ProcFile>(path, longest_line * (last + 2));
  if (!steal_seconds(file->read(), setup.processors)) {
    throw Error(fmt::format("{} does not tell of the processors {}", path,
                            format_cpu_list(setup.processors)),
                "let the container show the machine's /proc/stat");
  }
  ways_.push_back({{}, [file, processors = setup.processors](Totals& totals) {
                     totals.seen.steal_s =
                         steal_seconds(file->read(), processors).value_or(Observed::unknown);
                   }});
  return "processors " + format_cpu_list(setup.processors);
}

std::string Observer::queue(const ObserverSetup& setup) {
  constexpr std::size_t longest_text = 128;
  const auto files = std::make_shared<std::vector<ProcFile>>();
  for (const pid_t thread : setup.threads) {
    const std::string path = setup.proc / fmt::format("self/task/{}/schedstat", thread);
    files->emplace_back(path, longest_text);
    if (!queued_seconds(files->back().read())) {
      throw Error(fmt::format("{} holds no number", path), "a kernel with CONFIG_SCHED_INFO tells");
    }
  }
  ways_.push_back({{}, [files](Totals& totals) {
                     totals.seen.queued_s = 0;
                     for (ProcFile& file : *files) {
                       totals.seen.queued_s +=
                           queued_seconds(file.read()).value_or(Observed::unknown);
                     }
                   }});
  return fmt::format("{} thread{}", files->size(), files->size() == 1 ? "" : "s");
}

std::string Observer::usage(const ObserverSetup& setup) {
  const bool own = !setup.threads.empty();
  ways_.push_back({{}, [own](Totals& totals) {
                     rusage use{};
                     getrusage(own ? RUSAGE_SELF : RUSAGE_CHILDREN, &use);
                     totals.seen.involuntary_switches = static_cast<double>(use.ru_nivcsw);
                     totals.seen.major_faults = static_cast<double>(use.ru_majflt);
                     totals.user_s = seconds_of(use.ru_utime);
                     totals.system_s = seconds_of(use.ru_stime);
                   }});
  return own ? "this process" : "the programs that it starts";
}

std::string Observer::counters(const ObserverSetup& setup) {
  const auto all = std::make_shared<std::vector<Counters>>();
  if (setup.threads.empty()) all->push_back(Counters::of_programs(setup.events));
  for (const pid_t thread : setup.threads) {
    all->push_back(Counters::of_thread(thread, setup.events));
  }
  in_user_mode_ = all->front().in_user_mode();
  ways_.push_back({{}, [all](Totals& totals) {
                     totals.counters.clear();
                     for (const Counters& one : *all) totals.counters.push_back(one.read());
                   }});
  return in_user_mode_ ? "cycles and instructions in user mode" : "cycles and instructions";
}

std::string Observer::energy(const ObserverSetup& setup) {
  const auto meter = std::make_shared<EnergyMeter>(setup.powercap);
  ways_.push_back({{}, [meter](Totals& totals) { totals.seen.energy_j = meter->joules(); }});
  return meter->zones();
}

std::map<std::string, double> Observer::costs(const std::function<double()>& now_s) {
  constexpr int looks = 3;
  std::map<std::string, double> out;
  for (const Way& way : ways_) {
    double least_s = std::numeric_limits<double>::infinity();
    for (int i = 0; i < looks; ++i) {
      Totals unused;
      const double start_s = now_s();
      way.look(unused);
      least_s = std::min(least_s, now_s() - start_s);
    }
    out[way.name] = least_s;
  }
  return out;
}

void Observer::omit(const std::string& name, const Error& why) {
  std::erase_if(ways_, [&](const Way& way) { return way.name == name; });
  if (known_.erase(name) > 0) unknown_.emplace(name, why);
}

void Observer::begin() {
  // Asked for the time of a process, Linux settles it, and may find that it is another's turn.  That
  // switch and its wait are not of the span.
  rusage settled{};
  getrusage(RUSAGE_SELF, &settled);
  begin_ = {};
  for (const Way& way : ways_) way.look(begin_);
}

Observed Observer::end() {
  Totals end;
  for (auto way = ways_.rbegin(); way != ways_.rend(); ++way) way->look(end);
  Observed out = difference(end.seen, begin_.seen);
  if (!end.counters.empty()) tell_counted(out, begin_.counters, end.counters);
  if (in_user_mode_) {
    out.counted_s =
        user_part(out.counted_s, end.user_s - begin_.user_s, end.system_s - begin_.system_s);
  }
  return out;
}

std::int64_t peak_bytes_so_far() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return std::int64_t{use.ru_maxrss} * 1024;
}

}  // namespace scalelaw
