#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "drivers/cli/options.hpp"
#include "drivers/comm/comm.hpp"
#include "drivers/pass/pipeline.hpp"
#include "drivers/pass/times.hpp"
#include "drivers/record/session.hpp"
#include "drivers/team/team.hpp"
#include "kernels/image_compression/image_compression.hpp"

namespace scalelaw::driver {

/// Seconds that threads were busy in each stage, waiting for other stages apart.
struct StageTimes {
  double read_s = 0;
  double decode_s = 0;
  double compress_s = 0;
  double write_s = 0;

  [[nodiscard]] double busy_s() const { return read_s + decode_s + compress_s + write_s; }
  StageTimes& operator+=(const StageTimes& other);
};

/// A folder of images compressed as an overlapped pipeline, files in and files out: in every
/// process one thread reads files, the Team's threads decode and compress an image each, and one
/// thread writes.  Images are shared among processes beforehand, the largest first, each to the
/// process with the fewest pixels so far. Memory: per process at most 2 files per thread waiting at
/// either end, an image and its encoded
///         bytes per thread.
/// Threads: neither the reader nor the writer calls MPI.
class ImagePipeline {
 public:
  using Params = ImageCompression::Params;

  ImagePipeline(Params params, Team& team, Comm& comm);

  /// Compresses all files once; their .jpg files are written anew.  Collective.
  /// Errors: throws SharedError naming the file that cannot be read, decoded or written.
  PassTimes operator()();

  /// Of the last pass, over all ranks; at the root only.
  [[nodiscard]] const StageTimes& stages() const { return stages_; }

  /// The facts of ImageCompression, from the files as they lie in the output folder.
  [[nodiscard]] std::vector<Fact> facts() const;

  [[nodiscard]] const Params& params() const { return params_; }

 private:
  Params params_;
  std::vector<std::string> names_;  ///< of the .jpg files, in order of params_.files
  std::vector<std::size_t> mine_;   ///< the images of this rank
  Team& team_;
  Comm& comm_;
  StageTimes stages_;
};

template <>
struct Pipeline<ImageCompression> {
  static constexpr bool exists = true;

  /// Errors: throws Error, naming the remedy, when there are no files to read, or nowhere to write.
  static void check(const ImageCompression::Params& params);

  /// Errors: throws SharedError for options that it has no use for, naming the remedy.
  static int run(ImageCompression::Params params, Subject subject, const Identity& identity,
                 const Options& options, Team& team, Comm& comm);
};

}  // namespace scalelaw::driver
