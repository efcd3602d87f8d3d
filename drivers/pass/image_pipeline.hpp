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

/// Seconds that threads were busy in each stage, without waiting for other stages.
struct StageTimes {
  double read_s = 0;
  double decode_s = 0;
  double compress_s = 0;
  double write_s = 0;

  [[nodiscard]] double busy_s() const { return read_s + decode_s + compress_s + write_s; }
  StageTimes& operator+=(const StageTimes& other);
};

/// Compresses a folder of images as an overlapped pipeline, from files to files.  In every process
/// one thread reads files, each of the Team's threads decodes and compresses an image, and one
/// thread writes.  Images are assigned to processes in advance, from the largest to the smallest,
/// each to the process with the fewest pixels so far.
/// Memory:  per process, at most 2 files per thread waiting at either end; per thread, an image and
///          its encoded bytes.
/// Threads: neither the reader nor the writer calls MPI.
class ImagePipeline {
 public:
  using Params = ImageCompression::Params;

  ImagePipeline(Params params, Team& team, Comm& comm);

  /// Compresses all files once and replaces their .jpg files.  Collective.
  /// Errors: throws SharedError naming the file that cannot be read, decoded or written.
  PassTimes operator()();

  /// For the last pass, over all ranks; at the root only.
  [[nodiscard]] const StageTimes& stages() const { return stages_; }

  /// The facts of ImageCompression, computed from the files in the output folder.
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

  /// Errors: throws Error, with the remedy, when there are no files to read or no output folder.
  static void check(const ImageCompression::Params& params);

  /// Errors: throws SharedError, with the remedy, for options that have no effect here.
  static int run(ImageCompression::Params params, Subject subject, const Identity& identity,
                 const Options& options, Team& team, Comm& comm);
};

}  // namespace scalelaw::driver
