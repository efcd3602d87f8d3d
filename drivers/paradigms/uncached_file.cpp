#include "drivers/paradigms/uncached_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>
#include <vector>

#include "drivers/comm/run_failure.hpp"
#include "kernels/numerics/buffer.hpp"

namespace scalelaw::driver {
namespace {

using paradigms::Reading;

constexpr std::int64_t part_bytes = 1 << 20;
constexpr const char* other_folder = "name a folder on a disk with --folder";

std::string reason(int error) {
  return std::generic_category().message(error);
}

Error no_direct_reading(const std::string& folder) {
  return Error{
      fmt::format("the file system of {} does not read past the page cache (O_DIRECT)", folder),
      "use --reading dropped, or another --folder"};
}

/// Files of these file systems are in memory; there is no disk to read from.
std::optional<Error> fault_of_file_system(const std::string& folder) {
  struct statfs system {};
  if (statfs(folder.c_str(), &system) != 0) {
    return Error{fmt::format("cannot use the folder {}: {}", folder, reason(errno)), other_folder};
  }
  if (system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC) {
    return Error{fmt::format("{} is in memory, so disk tasks would read no disk", folder),
                 other_folder};
  }
  return std::nullopt;
}

/// The fraction of a file that the page cache holds; nothing where that cannot be asked.
std::optional<double> cached_fraction(int file, std::int64_t bytes) {
  const auto size = static_cast<std::size_t>(bytes);
  void* const map = mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  if (map == MAP_FAILED) return std::nullopt;
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> pages((size + page - 1) / page);
  const bool known = mincore(map, size, pages.data()) == 0;
  munmap(map, size);
  if (!known) return std::nullopt;
  const auto held =
      std::count_if(pages.begin(), pages.end(), [](unsigned char p) { return p & 1; });
  return static_cast<double>(held) / static_cast<double>(pages.size());
}

Descriptor make_nameless(const std::string& folder) {
  std::string name = folder + "/scalelaw-task-batch-XXXXXX";
  Descriptor file(mkostemp(name.data(), O_CLOEXEC));
  if (file.get() < 0) {
    throw Error(fmt::format("cannot make a file in {}: {}", folder, reason(errno)), other_folder);
  }
  unlink(name.c_str());
  return file;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

int Descriptor::release() {
  return std::exchange(number_, -1);
}

std::string folder_for_files(const std::string& folder) {
  if (!folder.empty()) return folder;
  const char* const temporary = std::getenv("TMPDIR");
  return temporary != nullptr && *temporary != '\0' ? temporary : "/var/tmp";
}

UncachedFile::UncachedFile(const std::string& folder, Reading reading, std::int64_t bytes,
                           const std::function<void(std::int64_t, std::span<std::byte>)>& fill)
    : folder_(folder), reading_(reading) {
  if (const auto fault = fault_of_file_system(folder)) throw *fault;
  file_ = make_nameless(folder);
  write_all(bytes, fill);
  pass_the_cache(bytes);
}

void UncachedFile::write_all(std::int64_t bytes,
                             const std::function<void(std::int64_t, std::span<std::byte>)>& fill) {
  const Buffer buffer(std::min(bytes, part_bytes));
  for (std::int64_t offset = 0; offset < bytes;) {
    const std::int64_t size = std::min(bytes - offset, part_bytes);
    const std::span part(buffer.data(), static_cast<std::size_t>(size));
    fill(offset, part);
    for (std::size_t done = 0; done < part.size();) {
      const ssize_t n = pwrite(file_.get(), part.data() + done, part.size() - done,
                               offset + static_cast<off_t>(done));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) {
        throw Error(fmt::format("cannot write {} bytes to a file in {}: {}", bytes, folder_,
                                reason(n < 0 ? errno : ENOSPC)),
                    "choose a smaller --working-set, or another --folder");
      }
      done += static_cast<std::size_t>(n);
    }
    offset += size;
  }
}

void UncachedFile::pass_the_cache(std::int64_t bytes) {
  fdatasync(file_.get());
  posix_fadvise(file_.get(), 0, 0, POSIX_FADV_RANDOM);  // nothing is to be read in advance
  posix_fadvise(file_.get(), 0, 0, POSIX_FADV_DONTNEED);
  if (reading_ == Reading::dropped) {
    if (cached_fraction(file_.get(), bytes).value_or(0) < 0.1) return;
    throw Error(
        fmt::format("the file system of {} keeps in memory what it was told to drop", folder_),
        "use --reading direct, or another --folder");
  }
  const int flags = fcntl(file_.get(), F_GETFL);
  if (fcntl(file_.get(), F_SETFL, flags | O_DIRECT) != 0) throw no_direct_reading(folder_);
  const Buffer probe(block_bytes);
  if (pread(file_.get(), probe.data(), block_bytes, 0) < 0) throw no_direct_reading(folder_);
}

void UncachedFile::read(std::int64_t offset, std::span<std::byte> into) const {
  for (std::size_t done = 0; done < into.size();) {
    const ssize_t n = pread(file_.get(), into.data() + done, into.size() - done,
                            offset + static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      throw RunFailure(fmt::format("cannot read a file in {}: {}", folder_,
                                   n < 0 ? reason(errno) : "it ends too early"),
                       "look for faults of the disk, or use another --folder");
    }
    done += static_cast<std::size_t>(n);
  }
  if (reading_ == Reading::dropped) {
    posix_fadvise(file_.get(), offset, static_cast<off_t>(into.size()), POSIX_FADV_DONTNEED);
  }
}

std::optional<Error> UncachedFile::fault(const std::string& folder, Reading reading) {
  if (auto fault = fault_of_file_system(folder)) return fault;
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return Error{fmt::format("cannot make a file in {}: {}", folder, reason(errno)), other_folder};
  }
  if (reading == Reading::dropped) return std::nullopt;
  // A file without a name leaves no trace.  Where there is no such thing, the run will tell.
  const Descriptor file(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.get() < 0) return std::nullopt;
  if (fcntl(file.get(), F_SETFL, O_DIRECT) != 0) return no_direct_reading(folder);
  return std::nullopt;
}

}  // namespace scalelaw::driver
