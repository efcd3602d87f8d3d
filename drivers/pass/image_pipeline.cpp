#include "drivers/pass/image_pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <functional>
#include <mutex>
#include <numeric>
#include <system_error>
#include <thread>
#include <utility>

#include "common/error.hpp"
#include "drivers/cli/memory_check.hpp"
#include "drivers/cli/parameters.hpp"
#include "drivers/comm/together.hpp"
#include "drivers/input/image_decoder.hpp"
#include "drivers/input/image_files.hpp"
#include "drivers/input/read_together.hpp"
#include "drivers/output/jpeg_files.hpp"
#include "drivers/pass/bounded_queue.hpp"

namespace scalelaw::driver {
namespace {

using K = ImageCompression;

/// Adds the time of `step` to `stage`, and returns its result.
template <class F>
auto timed(const Comm& clock, double& stage, F&& step) {
  struct Charge {
    const Comm& clock;
    double& stage;
    double since = clock.now_s();
    ~Charge() { stage += clock.now_s() - since; }
  } const charge{.clock = clock, .stage = stage};
  return step();
}

/// The images of `rank`, if images are assigned from the largest to the smallest, each to the rank
/// with the fewest pixels so far.
std::vector<std::size_t> share_of(const std::vector<Shape>& shapes, int rank, int ranks) {
  std::vector<std::size_t> order(shapes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return shapes[a].bytes() > shapes[b].bytes();
  });
  std::vector<std::int64_t> load(static_cast<std::size_t>(ranks));
  std::vector<std::size_t> out;
  for (const std::size_t image : order) {
    const auto least = std::min_element(load.begin(), load.end());
    *least += shapes[image].bytes();
    if (least - load.begin() == rank) out.push_back(image);
  }
  return out;
}

/// A file on its way to the threads that decode (Read) or to the thread that writes.
struct Read {
  std::size_t image;
  std::vector<std::byte> bytes;
};
struct Compressed {
  std::size_t image;
  K::Result result;
};

/// Errors: throws Error when the system cannot start another thread.
template <class F>
std::jthread started(F&& body) {
  try {
    return std::jthread(std::forward<F>(body));
  } catch (const std::system_error& error) {
    throw Error(fmt::format("the system cannot start more threads: {}", error.code().message()),
                "raise the limit (ulimit -u), or use fewer --threads");
  }
}

/// What one thread needs to decode and compress images, reused from one to the next.
class Compressor {
 public:
  Compressor(const K::Params& params, const Comm& clock)
      : clock_(clock), params_(params), shared_{jpeg::EncoderTables(params.quality), {}} {
    params_.files.clear();
  }

  K::Result operator()(const K::Params& all, const Read& file, StageTimes& times) {
    const Shape& shape = all.shapes[file.image];
    params_.shapes = {shape};
    shared_.geometry = K::geometry(params_);
    const Range rows{0, K::items(params_)};
    storage_.geometry = shared_.geometry;
    storage_.range = rows;
    if (storage_.pixels.size() < shape.bytes()) storage_.pixels = Buffer(shape.bytes());
    timed(clock_, times.decode_s, [&] {
      decode_rows({all.files[file.image], &file.bytes}, shape, {0, shape.height},
                  storage_.row(0, 0));
    });
    return timed(clock_, times.compress_s, [&] {
      K::Partial partial;
      K::compute(params_, shared_, storage_, rows, workspace_, partial);
      return K::finish(params_, std::move(partial));
    });
  }

 private:
  const Comm& clock_;
  K::Params params_;  ///< for one image
  K::Shared shared_;
  K::Storage storage_;
  K::Workspace workspace_;
};

/// One pass over the images of one process.
class LocalRun {
 public:
  LocalRun(const K::Params& params, const std::vector<std::string>& names,
           const std::vector<std::size_t>& images, Team& team, const Comm& comm)
      : comm_(comm),
        params_(params),
        names_(names),
        images_(images),
        team_(team),
        to_decode_(2 * static_cast<std::size_t>(team.size())),
        to_write_(2 * static_cast<std::size_t>(team.size())),
        of_thread_(static_cast<std::size_t>(team.size())) {}

  /// Errors: rethrows the first Error of any stage, after all of them have ended.
  void operator()() {
    {
      std::jthread reader;
      std::jthread writer;
      guarded([&] {
        reader = started([&] {
          guarded([&] { read(); });
          to_decode_.close();
        });
        writer = started([&] { guarded([&] { write(); }); });
        team_.run([&](int thread) {
          guarded([&] { compress(of_thread_[static_cast<std::size_t>(thread)].times); });
        });
      });
      to_write_.close();
    }
    if (failure_) std::rethrow_exception(failure_);
  }

  [[nodiscard]] StageTimes stages() const {
    StageTimes sum{.read_s = read_s_, .write_s = write_s_};
    for (const PerThread& thread : of_thread_) sum += thread.times;
    return sum;
  }
  [[nodiscard]] std::vector<double> busy_s() const {
    std::vector<double> out;
    for (const PerThread& thread : of_thread_) out.push_back(thread.times.busy_s());
    return out;
  }

 private:
  struct alignas(128) PerThread {
    StageTimes times;
  };

  void read() {
    for (const std::size_t image : images_) {
      Read next{image, timed(comm_, read_s_, [&] { return file_bytes(params_.files[image]); })};
      if (!to_decode_.push(std::move(next))) return;
    }
  }

  void compress(StageTimes& times) {
    Compressor compressor(params_, comm_);
    while (const std::optional<Read> file = to_decode_.pop()) {
      if (!to_write_.push({file->image, compressor(params_, *file, times)})) return;
    }
  }

  void write() {
    while (const std::optional<Compressed> file = to_write_.pop()) {
      timed(comm_, write_s_, [&] {
        write_parts(params_.output_dir, names_[file->image], file->result.files[0].parts);
      });
    }
  }

  /// Runs a stage; on failure, keeps the first error and ends the other stages.
  void guarded(const std::function<void()>& stage) {
    try {
      stage();
    } catch (...) {
      const std::lock_guard lock(failing_);
      if (!failure_) failure_ = std::current_exception();
      to_decode_.cancel();
      to_write_.cancel();
    }
  }

  const Comm& comm_;
  const K::Params& params_;
  const std::vector<std::string>& names_;
  const std::vector<std::size_t>& images_;
  Team& team_;
  BoundedQueue<Read> to_decode_;
  BoundedQueue<Compressed> to_write_;
  std::vector<PerThread> of_thread_;
  double read_s_ = 0;
  double write_s_ = 0;
  std::mutex failing_;
  std::exception_ptr failure_;
};

/// The peak memory of a process in bytes: for each thread a decoded image, its encoded bytes and
/// its decoder's memory; and the files that wait at either end, assumed to be as large as images.
double most_bytes(const K::Params& params, int threads) {
  std::int64_t largest = 0;
  for (const Shape& shape : params.shapes) largest = std::max(largest, shape.bytes());
  return threads * (6.0 * static_cast<double>(largest) + Files<K>::reading_bytes(params));
}

}  // namespace

StageTimes& StageTimes::operator+=(const StageTimes& other) {
  read_s += other.read_s;
  decode_s += other.decode_s;
  compress_s += other.compress_s;
  write_s += other.write_s;
  return *this;
}

void Pipeline<ImageCompression>::check(const K::Params& params) {
  if (params.input.empty()) {
    throw Error("--mode pipeline reads image files, but none are given",
                "name a folder with --input, or use --mode data");
  }
  if (params.output_dir.empty()) {
    throw Error("--mode pipeline writes files, but no folder is given",
                "name one with --output-dir, or use --mode data");
  }
}

ImagePipeline::ImagePipeline(Params params, Team& team, Comm& comm)
    : params_(std::move(params)),
      names_(output_names(params_)),
      mine_(share_of(params_.shapes, comm.rank(), comm.size())),
      team_(team),
      comm_(comm) {}

PassTimes ImagePipeline::operator()() {
  LocalRun run(params_, names_, mine_, team_, comm_);
  comm_.barrier();
  const double start_s = comm_.now_s();
  PassTimes times;
  read_together<K>(params_, comm_, [&] {
    run();
    times.total_s = comm_.now_s() - start_s;
  });
  times.phases_s = {times.total_s};
  times.computed_s = times.total_s;
  times.busy_s = run.busy_s();
  for (const std::size_t image : mine_) {
    times.items +=
        mcu_layout(params_.shapes[image], params_.subsampling).rows(params_.shapes[image]);
  }
  const StageTimes local = run.stages();
  Bytes bytes(sizeof local);
  std::memcpy(bytes.data(), &local, sizeof local);
  stages_ = {};
  for (const Bytes& of_rank : comm_.gather(bytes)) {
    StageTimes other;
    std::memcpy(&other, of_rank.data(), sizeof other);
    stages_ += other;
  }
  return times;
}

std::vector<Fact> ImagePipeline::facts() const {
  FilesDigest digest;
  for (const std::string& name : names_) {
    const std::vector<std::byte> file = file_bytes(params_.output_dir + "/" + name);
    digest.add({{file}, std::ssize(file)});
  }
  return digest.facts();
}

int Pipeline<ImageCompression>::run(K::Params params, Subject subject, const Identity& identity,
                                    const Options& options, Team& team, Comm& comm) {
  together(comm, [&] {
    if (options.diagnostics == 0) return;
    throw Error("--diagnostics has no effect with --mode pipeline: no barrier divides its pass",
                "omit --diagnostics");
  });
  read_together<K>(params, comm, [&] { Files<K>::open(params); });
  together(comm, [&] {
    K::check(params);
    if (!comm.is_root()) return;
    Files<K>::check_output(params);
    Files<K>::make_output(params);
  });
  check_memory(0, most_bytes(params, team.size()), options, comm);
  ImagePipeline pipeline(params, team, comm);
  Options once = options;
  once.batch = 1;
  subject.params = fields_to_json(pipeline.params());
  subject.work = K::work(pipeline.params());
  subject.phases = {{"compute", Role::parallel}};
  subject.pass = [&](bool) { return pipeline(); };
  subject.facts = [&] { return pipeline.facts(); };
  subject.stages = [&] {
    const StageTimes& t = pipeline.stages();
    return std::vector<Stage>{{"read", t.read_s},
                              {"decode", t.decode_s},
                              {"compress", t.compress_s},
                              {"write", t.write_s}};
  };
  return measure(identity, once, subject, team, comm);
}

}  // namespace scalelaw::driver
