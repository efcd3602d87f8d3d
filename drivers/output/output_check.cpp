// What is wrong with an output folder is found before anything is computed for it.
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

/// Which file a name leads to, through links of either kind, so that two names can be compared.
using FileId = std::pair<dev_t, ino_t>;

std::optional<FileId> file_id(const fs::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileId{status.st_dev, status.st_ino};
}

/// The nearest folder above a missing path that exists, which will get it; the path when it exists.
/// Errors: throws Error when that cannot be found out.
fs::path nearest_existing(const std::string& folder) {
  std::error_code error;
  fs::path path = fs::absolute(folder, error).lexically_normal();
  while (!error) {
    if (fs::status(path, error).type() != fs::file_type::not_found) break;
    if (fs::is_symlink(fs::symlink_status(path, error))) {
      throw Error(fmt::format("the output folder '{}' cannot be made: '{}' is a link to nothing",
                              folder, path.string()),
                  "remove the link, or give --output-dir another folder");
    }
    error.clear();
    path = path.parent_path();
  }
  if (!error) return path;
  throw Error(fmt::format("the output folder '{}' cannot be made: {}", folder, error.message()),
              "check its name, its links and the permissions of the folders above it");
}

/// Errors: throws Error when the folder is not one, or could not be made or written.
void check_folder(const std::string& folder) {
  const fs::path path = nearest_existing(folder);
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode)) {
    throw Error(fmt::format("the output folder '{}' cannot be made: '{}' is {}", folder,
                            path.string(), kind_of(status.st_mode)),
                "move it away, or give --output-dir another folder");
  }
  if (access(path.c_str(), W_OK | X_OK) == 0) return;
  throw Error(fmt::format("the output folder '{}' cannot be written: '{}': {}", folder,
                          path.string(), std::strerror(errno)),
              "check its permissions, or give --output-dir another folder");
}

/// Looks at the files that would be written, one by one.
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

  /// Errors: throws Error with the first fault of file `index`, to be called `name`.
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

  /// A file is written under its unfinished name, which is the longer one.
  void check_length(const fs::path& unfinished) const {
    const std::string name = unfinished.filename().string();
    const std::size_t longest_path = PATH_MAX - 1;
    if (name.size() > longest_name_) {
      throw Error(fmt::format("the name '{}', under which the output is written, has {} bytes; {} "
                              "are possible",
                              name, name.size(), longest_name_),
                  "give the input a shorter name");
    }
    if (unfinished.native().size() > longest_path) {
      throw Error(fmt::format("the path '{}', under which the output is written, has {} bytes; {} "
                              "are possible",
                              unfinished.string(), unfinished.native().size(), longest_path),
                  "give --output-dir a shorter path");
    }
  }

  void check_input_stays(const fs::path& written) const {
    const auto id = file_id(written);
    const auto input = id ? of_inputs_.find(*id) : of_inputs_.end();
    if (input == of_inputs_.end()) return;
    throw Error(fmt::format("the output '{}' would overwrite the input '{}'", written.string(),
                            *input->second),
                "give --output-dir another folder");
  }

  /// A file takes the place of a regular file only, and is written into what opens at once.
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
    throw Error(fmt::format("in the place of the output '{}' is {}", path.string(), kind_of(mode)),
                "move it away, or give --output-dir another folder");
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
              "give --output-dir a folder outside of it, since the next run would take the output "
              "for input");
}

void check_output_dir(const ImageCompression::Params& params) {
  Faults faults;
  faults.look([&] { check_folder(params.output_dir); });
  FileCheck check(params);
  std::size_t index = 0;
  for (const std::string& name : output_names(params)) {
    faults.look([&] { check(index++, name); });
  }
  faults.raise(fmt::format("faults of the output folder '{}'", params.output_dir));
}

}  // namespace scalelaw::driver
