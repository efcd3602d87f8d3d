#include "drivers/output/jpeg_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "drivers/comm/run_failure.hpp"
#include "drivers/input/c_file.hpp"
#include "drivers/output/unfinished_name.hpp"

namespace scalelaw::driver {
namespace {

namespace fs = std::filesystem;

constexpr const char* folder_remedy = "check --output-dir, its permissions and the free space";

std::error_code last_failure() {
  return {errno, std::generic_category()};
}

/// Writes a file; returns the system's error.
std::error_code write_all(const fs::path& path,
                          const std::vector<std::span<const std::byte>>& parts) {
  // Do not block, in case there is a pipe.
  const int descriptor =
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0666);
  if (descriptor < 0) return last_failure();
  CFile out(fdopen(descriptor, "wb"));
  if (!out) {
    const std::error_code failure = last_failure();
    close(descriptor);
    return failure;
  }
  for (const std::span<const std::byte> part : parts) {
    if (std::fwrite(part.data(), 1, part.size(), out.get()) != part.size()) return last_failure();
  }
  return std::fclose(out.release()) == 0 ? std::error_code() : last_failure();
}

}  // namespace

std::vector<std::string> output_names(const ImageCompression::Params& params) {
  std::vector<std::string> out;
  for (const std::string& file : params.files) {
    out.push_back(fs::path(file).stem().string() + ".jpg");
  }
  if (params.files.empty()) {
    for (std::int64_t i = 0; i < params.images; ++i) {
      out.push_back(fmt::format("image_{:06}.jpg", i));
    }
  }
  return out;
}

void make_output_dir(const ImageCompression::Params& params) {
  const std::string& folder = params.output_dir;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw Error(
        fmt::format("the output folder '{}' cannot be created: {}", folder, error.message()),
        folder_remedy);
  }
  const fs::path probe = unfinished_name(fs::path(folder) / output_names(params).front());
  if (const std::error_code failure = write_all(probe, {})) {
    throw Error(fmt::format("the output folder '{}' cannot be written: '{}': {}", folder,
                            probe.string(), failure.message()),
                folder_remedy);
  }
  fs::remove(probe, error);
}

void write_parts(const std::string& folder, const std::string& name,
                 const std::vector<std::span<const std::byte>>& parts) {
  const fs::path path = fs::path(folder) / name;
  const fs::path unfinished = unfinished_name(path);
  std::error_code error = write_all(unfinished, parts);
  if (!error) fs::rename(unfinished, path, error);
  if (!error) return;
  std::error_code ignored;
  if (!fs::is_directory(unfinished, ignored)) fs::remove(unfinished, ignored);
  throw RunFailure(fmt::format("'{}' cannot be written: {}", path.string(), error.message()),
                   folder_remedy);
}

}  // namespace scalelaw::driver
