#include "harness/store/output_path.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <string_view>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

constexpr const char* hint = "choose an --output in an existing, writable folder";

fs::path folder_of(const std::string& path) {
  return fs::absolute(path).parent_path();
}

/// Why the file at `path` may not be replaced; empty when it may.
std::string obstacle(const std::string& path) {
  std::error_code fault;
  const fs::file_status status = fs::status(path, fault);
  switch (status.type()) {
    case fs::file_type::regular:
    case fs::file_type::not_found:
      return {};
    case fs::file_type::directory:
      return "is a folder";
    case fs::file_type::none:
      return "cannot be used: " + fault.message();
    case fs::file_type::fifo:
      return "is a named pipe, not a regular file";
    case fs::file_type::socket:
      return "is a socket, not a regular file";
    default:
      return "is a device, not a regular file";
  }
}

/// Throws unless `path`, with the longest ending that is appended to it, `made`, is a possible
/// name.
void require_short(const std::string& path, const std::string& made) {
  const fs::path folder = folder_of(path);
  const auto limit = [&](int what, long otherwise) {
    const long most = ::pathconf(folder.c_str(), what);
    return static_cast<std::size_t>(most > 0 ? most : otherwise);
  };
  const std::size_t ending = made.size() - path.size();
  const std::string name = fs::path(path).filename();
  if (const std::size_t most = limit(_PC_NAME_MAX, NAME_MAX) - ending; name.size() > most) {
    throw Error(fmt::format("the name '{}' has {} bytes, more than the {} that fit here", name,
                            name.size(), most),
                fmt::format("choose a shorter --output: its journal and its temporary file add up "
                            "to {} bytes",
                            ending));
  }
  const std::size_t whole = fs::absolute(path).string().size();
  if (const std::size_t most = PATH_MAX - 1 - ending; whole > most) {
    throw Error(
        fmt::format("the path of '{}' has {} bytes, more than the {} that fit", name, whole, most),
        "choose an --output in a folder nearer to the root");
  }
}

/// Tries to write.  Checking permissions is not enough: a full or read-only disk fails only then.
void require_room(const fs::path& folder) {
  std::string probe = (folder / ".scalelaw-XXXXXX").string();
  const int descriptor = ::mkstemp(probe.data());
  if (descriptor < 0) {
    throw Error(fmt::format("cannot write in '{}': {}", folder.string(), std::strerror(errno)),
                hint);
  }
  ::unlink(probe.c_str());  // before anything else, should somebody kill the program
  const bool has_room = ::write(descriptor, "x", 1) == 1;
  const int reason = errno;
  ::close(descriptor);
  if (has_room) return;
  throw Error(fmt::format("cannot write in '{}': {}", folder.string(), std::strerror(reason)),
              hint);
}

/// Removes the temporary files of `file` whose processes are gone.
void remove_abandoned_parts_of(const fs::path& file) {
  const std::string begin = file.filename().string() + '.';
  std::error_code ignored;
  for (fs::directory_iterator at(folder_of(file), ignored), end; at != end; at.increment(ignored)) {
    const std::string name = at->path().filename();
    pid_t pid = 0;
    if (!name.starts_with(begin)) continue;
    const char* const last = name.data() + name.size();
    const auto number = std::from_chars(name.data() + begin.size(), last, pid);
    if (number.ec != std::errc{} || std::string_view(number.ptr, last) != ".part") continue;
    if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) fs::remove(at->path(), ignored);
  }
}

std::string longest(std::initializer_list<std::string> texts) {
  return *std::max_element(texts.begin(), texts.end(),
                           [](const auto& a, const auto& b) { return a.size() < b.size(); });
}

}  // namespace

std::string journal_path(const std::string& output) {
  return output + ".journal";
}

std::string records_path(const std::string& output) {
  return output + ".records";
}

std::string target_path(const std::string& output) {
  fs::path path = output;
  std::error_code fault;
  for (int links = 0; fs::is_symlink(fs::symlink_status(path, fault)); ++links) {
    if (links == 40) {
      throw Error(fmt::format("'{}' is a symbolic link in a loop", output),
                  "remove it, or choose another --output");
    }
    path = path.parent_path() / fs::read_symlink(path, fault);
  }
  return path;
}

std::string part_path(const std::string& target) {
  return fmt::format("{}.{:07}.part", target, ::getpid());  // of one length, whatever the number
}

void remove_abandoned_parts(const std::string& output) {
  for (const fs::path& file : {fs::path(target_path(output)), fs::path(journal_path(output))}) {
    remove_abandoned_parts_of(file);
  }
}

void require_writable(const std::string& output) {
  const std::string target = target_path(output);
  if (fs::path(target).filename().empty())
    throw Error(fmt::format("'{}' names no file", output), hint);
  require_short(output, longest({part_path(journal_path(output)), records_path(output)}));
  require_short(target, part_path(target));
  if (const std::string what = obstacle(target); !what.empty()) {
    throw Error(fmt::format("'{}' {}", output, what), "choose another --output");
  }
  std::error_code fault;
  for (const fs::path& folder : {folder_of(output), folder_of(target)}) {
    if (!fs::is_directory(folder, fault)) {
      throw Error(fmt::format("there is no folder '{}'", folder.string()), hint);
    }
    require_room(folder);
  }
}

}  // namespace scalelaw::harness
