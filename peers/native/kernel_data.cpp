// kernel-data: the kernels' generated inputs, their facts and their verification for peers that are not
// written in C++, so that these compute on the same bits and are judged by the same rules.
//
//   kernel-data KERNEL [PARAMETERS] work    prints the parameters and the work as JSON
//   kernel-data KERNEL [PARAMETERS] input   writes the input to stdout
//   kernel-data KERNEL [PARAMETERS] facts   reads a result from stdin; prints its facts as JSON
//   kernel-data KERNEL [PARAMETERS] judge   the same, and what is wrong with it
//
// A result is a sequence of f64 and i64 in the machine's byte order: see read_result() for each kernel.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/json_text.hpp"
#include "drivers/cli/command_line.hpp"
#include "kernels/dot_product/dot_product.hpp"
#include "kernels/image_compression/image_compression.hpp"
#include "kernels/matrix_mean/matrix_mean.hpp"
#include "kernels/prime_sieve/prime_sieve.hpp"
#include "paradigms/task_batch.hpp"
#include "peers/native/peer_dot.hpp"
#include "peers/native/peer_matrix.hpp"

namespace scalelaw::driver {
namespace {

using nlohmann::json;

void read_exactly(void* to, std::int64_t bytes) {
  if (std::fread(to, 1, static_cast<std::size_t>(bytes), stdin) == static_cast<std::size_t>(bytes))
    return;
  throw Error("the result on stdin is incomplete", "write all of it");
}

template <class T>
T read_one() {
  T out;
  read_exactly(&out, sizeof out);
  return out;
}

/// What stands for a library that peers call in another language: its bounds alone are used.
struct AnyLibrary {
  static constexpr std::string_view name = "this library", dot_summary{}, matrix_summary{};
};

/// i64: count, sum modulo 2^64, twins.
struct SieveResult : PrimeSieve {
  static void check(const Params& params) {
    PrimeSieve::check(params);
    if (params.l1_bytes == 0 && params.l2_bytes == 0) return;
    throw Error("this peer chooses its own sizes", "omit --l1-bytes and --l2-bytes");
  }
  static Result read_result(const Params&) {
    Result out;
    out.count = read_one<std::int64_t>();
    out.sum = read_one<std::uint64_t>();
    out.twins = read_one<std::int64_t>();
    return out;
  }
};

/// f64: the sum.
struct DotResult : PeerDot<AnyLibrary> {
  static Result read_result(const Params&) { return {read_one<double>()}; }
};

/// f64: the means of the rows, those of the columns, that of all.
struct MatrixResult : PeerMatrix<AnyLibrary> {
  static Result read_result(const Params& params) {
    Result out;
    read_exactly(out.rows.add(0, params.rows), 8 * params.rows);
    read_exactly(out.columns.add(0, params.cols), 8 * params.cols);
    out.grand_mean = read_one<double>();
    return out;
  }
};

/// For each image: i64: the length of its file; the file.
struct ImageResult : ImageCompression {
  static void check(const Params& params) {
    ImageCompression::check(params);
    if (params.input.empty() && params.output_dir.empty()) return;
    throw Error("this peer is measured on generated images", "omit --input and --output-dir");
  }
  static Result read_result(const Params& params) {
    Result out;
    const std::int64_t images = geometry(params).images();
    out.headers.reserve(static_cast<std::size_t>(images));
    for (std::int64_t i = 0; i < images; ++i) {
      const auto size = read_one<std::int64_t>();
      if (size < 0) throw Error("a file has a negative length", "write its length before it");
      auto& file = out.headers.emplace_back(static_cast<std::size_t>(size));
      read_exactly(file.data(), size);
      out.files.push_back({{file}, size});
      out.bytes += size;
    }
    return out;
  }
};

/// i64: how many tasks; u64: what they weigh, the heaviest, the sum of their values.
struct TaskBatchResult : paradigms::TaskBatch {
  using Params = paradigms::TaskBatch;
  using Result = paradigms::TaskTotals;

  static Result read_result(const Params&) {
    Result out;
    out.tasks = read_one<std::int64_t>();
    out.weight = read_one<std::uint64_t>();
    out.heaviest = read_one<std::uint64_t>();
    out.sum = read_one<std::uint64_t>();
    return out;
  }
  static std::vector<Fact> facts(const Params&, const Result& result) { return facts_of(result); }
  static std::string verify(const Params& params, const Result& result) {
    return fault_of(params, result);
  }
};

template <class K>
void print_work(const typename K::Params& params) {
  K::check(params);
  const Work work = K::work(params);
  json out{{"params", fields_to_json(params)},
           {"work",
            {{"operations", work.operations},
             {"flops", work.flops},
             {"compulsory_bytes", work.compulsory_bytes},
             {"resident_bytes", work.resident_bytes},
             {"amount", work.amount},
             {"unit", work.unit},
             {"memory_bound", work.memory_bound}}}};
  for (const Demand& demand : work.demands) out["work"]["demands"][demand.rate] = demand.amount;
  fmt::print("{}\n", serialize(out));
}

void write_bytes(std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return;
  throw Error("cannot write the input to stdout", "read all of it");
}

template <class K>
void write_input(const typename K::Params& params) {
  K::check(params);
  const Range all{0, K::items(params)};
  auto storage = K::allocate(params, all);
  K::fill(params, storage, all);
  for (const Piece& piece : K::pieces(params, storage, all)) write_bytes(piece);
}

/// u64, for each task: where it starts, its weight, and the first and the number of the words that it reads.
/// Then the working set, if tasks read it.
template <>
void write_input<TaskBatchResult>(const paradigms::TaskBatch& params) {
  paradigms::TaskBatch::check(params);
  const paradigms::TaskWeights weights(params);
  const paradigms::TaskValues values(params);
  for (std::int64_t task = 0; task < params.tasks; ++task) {
    const std::int64_t weight = weights[task];
    const paradigms::Window window = values.window(task, weight);
    const std::array words{values.start(task), static_cast<std::uint64_t>(weight),
                           static_cast<std::uint64_t>(window.first),
                           static_cast<std::uint64_t>(window.words)};
    write_bytes(std::as_bytes(std::span(words)));
  }
  if (params.kind == paradigms::TaskKind::cpu || params.kind == paradigms::TaskKind::wait) return;
  std::vector<std::uint64_t> words(static_cast<std::size_t>(values.working_set_words()));
  fill_working_set(values, 0, values.working_set_words(), words.data());
  write_bytes(std::as_bytes(std::span(words)));
}

template <class K, bool verifies>
void judge(const typename K::Params& params) {
  K::check(params);
  const auto result = K::read_result(params);
  json out{{"facts", json::object()}};
  for (const Fact& fact : K::facts(params, result)) out["facts"][fact.name] = fact.value;
  if (verifies) out["fault"] = K::verify(params, result);
  fmt::print("{}\n", serialize(out));
}

template <class K>
void add_kernel(CLI::App& app) {
  CLI::App* kernel = app.add_subcommand(std::string(K::name));
  const auto params = std::make_shared<typename K::Params>();
  add_fields(*kernel, *params);
  if constexpr (requires { params->seed; }) {
    kernel->add_option("--seed", params->seed);
  } else {
    kernel->add_option("--seed");  // without effect: nothing is generated
  }
  kernel->require_subcommand(1);
  const auto add = [&](const char* name, void (*action)(const typename K::Params&)) {
    kernel->add_subcommand(name)->final_callback([=] { action(*params); });
  };
  add("work", print_work<K>);
  add("input", write_input<K>);
  add("facts", judge<K, false>);
  add("judge", judge<K, true>);
}

}  // namespace
}  // namespace scalelaw::driver

int main(int argc, char** argv) {
  using namespace scalelaw::driver;
  CLI::App app("the kernels' inputs, facts and verification for peers in other languages");
  app.require_subcommand(1);
  add_kernel<SieveResult>(app);
  add_kernel<DotResult>(app);
  add_kernel<MatrixResult>(app);
  add_kernel<ImageResult>(app);
  add_kernel<TaskBatchResult>(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;
  } catch (const scalelaw::Error& error) {
    fmt::print(stderr, "kernel-data: {}\n  hint: {}\n", error.what(), error.hint());
    return 1;
  }
  return 0;
}
