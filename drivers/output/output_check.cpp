// Finds what is wrong with an output folder before anything is computed for it.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "drivers/input/faults.hpp"
#include "drivers/input/file_kind.hpp"
#include "drivers/output/jpeg_files.hpp"
#include "drivers/output/unfinished_name.hpp"

namespace scalelaw::driver {
namespace {

namespace fs = std::filesystem;

/// The file that a name leads to, through links of either kind, so that two names can be compared.
using FileId = std::pair<dev_t, ino_t>;

std::optional<FileId> file_id(const fs::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileId{status.st_dev, status.st_ino};
}

/// The nearest existing folder above a missing path, in which it will be created; `folder` itself
/// if it exists.
/// Errors: throws Error when it cannot be determined.
fs::path nearest_existing(const std::string& folder) {
  std::error_code error;
  fs::path path = fs::absolute(folder, error).lexically_normal();
  while (!error) {
    if (fs::status(path, error).type() != fs::file_type::not_found) break;
    if (fs::is_symlink(fs::symlink_status(path, error))) {
      throw Error(fmt::format("the output folder '{}' cannot be created: '{}' is a broken link",
                              folder, path.string()),
                  "remove the link, or choose another --output-dir");
    }
    error.clear();
    path = path.parent_path();
  }
  if (!error) return path;
  throw Error(fmt::format("the output folder '{}' cannot be created: {}", folder, error.message()),
              "check its name, its links and the permissions of its parent folders");
}

/// Errors: throws Error when it is not a folder, or cannot be created or written.
void check_folder(const std::string& folder) {
  const fs::path path = nearest_existing(folder);
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode)) {
    throw Error(fmt::format("the output folder '{}' cannot be created: '{}' is {}", folder,
                            path.string(), kind_of(status.st_mode)),
                "move it away, or choose another --output-dir");
  }
  if (access(path.c_str(), W_OK | X_OK) == 0) return;
  throw Error(fmt::format("the output folder '{}' cannot be written: '{}': {}", folder,
                          path.string(), std::strerror(errno)),
              "check its permissions, or choose another --output-dir");
}

/// Checks the files that would be written, one by one.
class FileCheck {
 public:
  explicit FileCheck(const ImageCompression::Params& params)
      : inputs_(params.files), folder_(params.output_dir) {
    for (const std::string& input : inputs_) {
      if (const auto id = file_id(input)) of_inputs_.emplace(*id, &input);
    }
    const std::optional<fs::path> existing = existing_folder();
    const long longest = existing ? pathconf(existing->c_str(), _PC_NAME_MAX) : -1;
    if (longest > 0) longest_name_ = static_cast<std::size_t>(longest);
  }

  /// Errors: throws Error with the first fault of file `index`, whose name will be `name`.
  void operator()(std::size_t index, const std::string& name) {
    check_twin(index, name);
    const fs::path path = fs::path(folder_) / name;
    const fs::path unfinished = unfinished_name(path);
    check_length(unfinished);
    for (const fs::path& written : {path, unfinished}) check_input_stays(written);
    check_place(path, unfinished);
  }

 private:
  [[nodiscard]] std::optional<fs::path> existing_folder() const {
    try {
      return nearest_existing(folder_);
    } catch (const Error&) {  // a fault of the folder, found by check_folder()
      return std::nullopt;
    }
  }

  void check_twin(std::size_t index, const std::string& name) {
    if (inputs_.empty()) return;
    const auto [other, fresh] = taken_.emplace(name, &inputs_[index]);
    if (fresh) return;
    throw Error(
        fmt::format("'{}' and '{}' would both become {}", *other->second, inputs_[index], name),
        "rename one of them");
  }

  /// A file is first written under its unfinished name, which is the longer one.
  void check_length(const fs::path& unfinished) const {
    const std::string name = unfinished.filename().string();
    const std::size_t longest_path = PATH_MAX - 1;
    if (name.size() > longest_name_) {
      throw Error(fmt::format("the output name '{}' has {} bytes; the limit is {}", name,
                              name.size(), longest_name_),
                  "rename the input to a shorter name");
    }
    if (unfinished.native().size() > longest_path) {
      throw Error(fmt::format("the output path '{}' has {} bytes; the limit is {}",
                              unfinished.string(), unfinished.native().size(), longest_path),
                  "choose an --output-dir with a shorter path");
    }
  }

  void check_input_stays(const fs::path& written) const {
    const auto id = file_id(written);
    const auto input = id ? of_inputs_.find(*id) : of_inputs_.end();
    if (input == of_inputs_.end()) return;
    throw Error(fmt::format("the output '{}' would overwrite the input '{}'", written.string(),
                            *input->second),
                "choose another --output-dir");
  }

  /// A file may replace only a regular file, and be written only to what opens without waiting.
  static void check_place(const fs::path& path, const fs::path& unfinished) {
    struct stat status {};
    if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
      throw_blocked(path, status.st_mode);
    }
    if (stat(unfinished.c_str(), &status) != 0 || S_ISREG(status.st_mode) ||
        S_ISCHR(status.st_mode)) {
      return;
    }
    throw_blocked(unfinished, status.st_mode);
  }

  [[noreturn]] static void throw_blocked(const fs::path& path, mode_t mode) {
    throw Error(
        fmt::format("the output '{}' already exists and is {}", path.string(), kind_of(mode)),
        "move it away, or choose another --output-dir");
  }

  const std::vector<std::string>& inputs_;
  const std::string& folder_;
  std::map<FileId, const std::string*> of_inputs_;
  std::map<std::string, const std::string*> taken_;
  std::size_t longest_name_ = NAME_MAX;
};

}  // namespace

void check_output_apart(const std::string& input, const std::string& folder) {
  std::error_code error;
  if (folder.empty() || !fs::is_directory(fs::status(input, error))) return;
  const auto of_input = file_id(input);
  fs::path path = fs::weakly_canonical(fs::absolute(folder, error), error);
  if (error) return;  // a fault of the folder, found by check_output_dir()
  const fs::path whole = path;
  while (file_id(path) != of_input) {
    if (path == path.parent_path()) return;
    path = path.parent_path();
  }
  throw Error(fmt::format("the output folder '{}' is {} the input folder '{}'", folder,
                          path == whole ? "the same as" : "inside", input),
              "choose an --output-dir outside it; otherwise the next run would take the output for "
              "input");
}

void check_output_dir(const ImageCompression::Params& params) {
  Faults faults;
  faults.look([&] { check_folder(params.output_dir); });
  FileCheck check(params);
  std::size_t index = 0;
  for (const std::string& name : output_names(params)) {
    faults.look([&] { check(index++, name); });
  }
  faults.raise(fmt::format("problems with the output folder '{}'", params.output_dir));
}

}  // namespace scalelaw::driver
