// kernel-tuning: times each loop that streams from memory with several prefetch distances, on one
// thread, and prints which is the fastest on this processor.  scripts/tune-kernels runs it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "common/isa.hpp"
#include "common/standard_streams.hpp"
#include "drivers/cli/command_line.hpp"
#include "drivers/pass/run.hpp"
#include "drivers/tuning/sweep.hpp"
#include "kernels/dot_product/dot_product.hpp"
#include "kernels/matrix_mean/matrix_mean.hpp"
#include "kernels/memory_read/memory_read.hpp"

namespace scalelaw::driver {
namespace {

template <class... Values>
void show(fmt::format_string<Values...> format, Values&&... values) {
  print_output(fmt::format(format, std::forward<Values>(values)...));
}

struct Request {
  std::int64_t bytes = std::int64_t{512} << 20;
  std::int64_t rounds = 15;
};

/// Whole passes of a kernel, of which each computes everything again.
template <Kernel K>
std::vector<Tried> sweep_kernel(const typename K::Params& params, StreamLoop loop,
                                const Request& request) {
  SerialTeam team;
  const auto comm = make_self_comm();
  Pass<K> pass(params, Options{}, team, *comm);
  const auto time = [&](const Streaming& streaming) {
    select_streaming(loop, streaming);
    return pass(false).total_s;
  };
  const std::vector<Streaming> candidates = candidates_for(loop);
  time(candidates.front());
  return sweep(candidates, static_cast<int>(request.rounds), time);
}

/// The bytes that a pass reads, and its sweep.
struct Swept {
  double bytes = 0;
  std::vector<Tried> tried;
};

template <Kernel K>
Swept swept(const typename K::Params& params, const Request& request) {
  return {K::work(params).compulsory_bytes,
          sweep_kernel<K>(params, K::stream_loop(params), request)};
}

Swept sweep_dot(ElementType type, DotProduct::Accuracy accuracy, const Request& request) {
  return swept<DotProduct>(
      {.length = request.bytes / (2 * size_of(type)), .type = type, .accuracy = accuracy}, request);
}

/// `rows` of 0: a square.
Swept sweep_mean(ElementType type, std::int64_t rows, std::int64_t cols, const Request& request) {
  const std::int64_t elements = request.bytes / size_of(type);
  if (rows == 0 && cols == 0) {
    // An odd multiple of 32, because rows whose length is a power of two are padded.
    cols = static_cast<std::int64_t>(std::sqrt(static_cast<double>(elements))) / 64 * 64 + 32;
  }
  if (cols == 0) cols = elements / rows;
  if (rows == 0) rows = elements / cols;
  return swept<MatrixMean>({.rows = rows, .cols = cols, .type = type}, request);
}

Swept sweep_loop(StreamLoop loop, const Request& request) {
  using enum StreamLoop;
  using Accuracy = DotProduct::Accuracy;
  const ElementType type =
      to_string(loop).ends_with(to_string(ElementType::f32)) ? ElementType::f32 : ElementType::f64;
  switch (loop) {
    case read:
      return swept<MemoryRead>({.bytes = request.bytes}, request);
    case dot_f64:
    case dot_f32:
      return sweep_dot(type, Accuracy::standard, request);
    case dot2_f64:
    case dot2_f32:
      return sweep_dot(type, Accuracy::dot2, request);
    case mean_f64:
    case mean_f32:
      return sweep_mean(type, 0, 0, request);
    case mean_flat_f64:
    case mean_flat_f32:
      return sweep_mean(type, 8, 0, request);
    case mean_tall_f64:
    case mean_tall_f32:
      return sweep_mean(type, 0, 8, request);
    case mean_line_f64:
    case mean_line_f32:
      break;
  }
  return sweep_mean(type, 1, 0, request);
}

void print_verdict(const Verdict& verdict, double bytes, bool first) {
  const auto rate = [&](double seconds) { return 1e-9 * bytes / seconds; };
  const auto [median, low, high] = verdict.seconds;
  show("  {:>5} {:>6} {:>7.2f} [{:.2f}, {:.2f}]   {:>6.3f} [{:.3f}, {:.3f}] {}\n",
       verdict.streaming.ahead, verdict.streaming.places, rate(median), rate(high), rate(low),
       verdict.of_fastest.median, verdict.of_fastest.low, verdict.of_fastest.high,
       first ? "fastest" : (verdict.as_good ? "as good" : ""));
}

/// Prints the sweep of one loop; returns the line of the table that it suggests.
std::string tune(StreamLoop loop, const Request& request) {
  const Streaming table = table_tuning(this_processor())[loop];
  const Swept all = sweep_loop(loop, request);
  show("\n{}: bytes ahead, places, GB/s, time over the fastest's, 95 % intervals\n",
       to_string(loop));
  std::vector<Verdict> verdicts = judge(all.tried);
  bool table_holds = false;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    print_verdict(verdicts[i], all.bytes, i == 0);
    if (verdicts[i].streaming == table) table_holds = verdicts[i].as_good;
  }
  const Streaming choice = table_holds ? table : verdicts.front().streaming;
  show("  table: {} bytes, {} places: {}\n", table.ahead, table.places,
       table_holds ? "holds" : "does not hold");
  return fmt::format("  out[StreamLoop::{}] = {{.ahead = {}, .places = {}}};\n", to_string(loop),
                     choice.ahead, choice.places);
}

void tune_all(const std::vector<std::string>& names, const Request& request) {
  const Processor processor = this_processor();
  const ProcessorFamily* const family = family_of(processor);
  show("processor: {} family {:#x} model {:#x}, {}\n",
       processor.vendor == Processor::Vendor::amd     ? "AMD"
       : processor.vendor == Processor::Vendor::intel ? "Intel"
                                                      : "other",
       processor.family, processor.model,
       family != nullptr ? fmt::format("the table's {}", family->name) : "not in the table");
  show("path: {} for loops that only stream, {} else; {} bytes, {} rounds, one thread\n",
       to_string(streaming_isa()), to_string(active_isa()), request.bytes, request.rounds);
  std::string lines;
  for (const std::string& name : names) lines += tune(enum_from<StreamLoop>(name), request);
  show("\nfor kernels/numerics/tuning.cpp:\n{}", lines);
}

}  // namespace
}  // namespace scalelaw::driver

int main(int argc, char** argv) {
  using namespace scalelaw;
  using namespace scalelaw::driver;
  open_standard_streams();
  CLI::App app("times the loops that stream from memory with several prefetch distances");
  Request request;
  std::vector<std::string> loops = all_names<StreamLoop>();
  const std::vector<std::string> all = loops;
  add_count(app, "bytes", request.bytes, "input of each loop: at least 4 times the last cache",
            1 << 20, std::int64_t{1} << 50);
  add_count(app, "rounds", request.rounds, "timed passes of each candidate", 3, 1000);
  app.add_option("loops", loops, "the loops; all if none is named")->check(CLI::IsMember(all));
  try {
    app.parse(argc, argv);
    tune_all(loops, request);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;
  } catch (const Error& error) {
    complain("kernel-tuning", error.what(), error.hint());
    return 1;
  }
  return finish_stdout("kernel-tuning", 0, 1);
}
