#include "drivers/output/jpeg_files.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "common/error.hpp"

namespace scalelaw {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what) {
  throw Error(what, "check --output-dir, its permissions and the space left");
}

}  // namespace

std::vector<std::string> output_names(const ImageCompression::Params& params) {
  std::vector<std::string> out;
  std::map<std::string, std::string> taken;
  for (const std::string& file : params.files) {
    out.push_back(fs::path(file).stem().string() + ".jpg");
    const auto [other, fresh] = taken.emplace(out.back(), file);
    if (!fresh) {
      throw Error(
          fmt::format("'{}' and '{}' would both become {}", other->second, file, out.back()),
          "rename one of them");
    }
  }
  if (params.files.empty()) {
    for (std::int64_t i = 0; i < params.images; ++i) {
      out.push_back(fmt::format("image_{:06}.jpg", i));
    }
  }
  return out;
}

void check_output_dir(const std::string& folder, const std::vector<std::string>& names) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder)) {
    fail(fmt::format("the output folder '{}' cannot be made", folder));
  }
  const fs::path probe = fs::path(folder) / (names.front() + ".part");
  if (!std::ofstream(probe, std::ios::binary)) {
    fail(fmt::format("the output folder '{}' cannot be written", folder));
  }
  fs::remove(probe, error);
}

void write_parts(const std::string& folder, const std::string& name,
                 const std::vector<std::span<const std::byte>>& parts) {
  const fs::path path = fs::path(folder) / name;
  const fs::path unfinished = path.string() + ".part";
  std::ofstream out(unfinished, std::ios::binary);
  for (const std::span<const std::byte> part : parts) {
    out.write(reinterpret_cast<const char*>(part.data()),
              static_cast<std::streamsize>(part.size()));
  }
  out.close();
  std::error_code error;
  if (out) fs::rename(unfinished, path, error);
  if (!out || error) fail(fmt::format("'{}' cannot be written", path.string()));
}

}  // namespace scalelaw
