#include "harness/batch/local_queue.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "common/error.hpp"
#include "common/open_files.hpp"
#include "harness/machine/batch_job.hpp"
#include "harness/process/descriptor.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/process.hpp"
#include "harness/process/process_table.hpp"
#include "harness/process/waits.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

std::string queue_boot() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string name;
  std::getline(file, name);
  return name.empty() ? "boot" : name;
}

fs::path jobs_folder() {
  const auto absolute = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value == '/' ? fs::path(value) : fs::path();
  };
  if (const fs::path state = absolute("XDG_STATE_HOME"); !state.empty()) {
    return state / "scalelaw/jobs";
  }
  if (const fs::path home = absolute("HOME"); !home.empty()) {
    return home / ".local/state/scalelaw/jobs";
  }
  throw Error("there is no place for the queue of local jobs: HOME is not set",
              "set HOME, or XDG_STATE_HOME to a folder of yours");
}

Error queue_fault(const fs::path& path, int number) {
  return Error(fmt::format("cannot use the queue of local jobs, '{}': {}", path.string(),
                           std::strerror(number)),
               "set XDG_STATE_HOME to a folder of yours on a local disk");
}

Descriptor open_file(const fs::path& path, int flags) {
  Descriptor out(::open(path.c_str(), flags | O_CLOEXEC, 0600));
  if (!out.open()) throw queue_fault(path, errno);
  return out;
}

/// Whether the lock was had at once.  `kind`: LOCK_SH or LOCK_EX.
bool try_lock(const Descriptor& file, int kind, const fs::path& path) {
  if (flock(file.get(), kind | LOCK_NB) == 0) return true;
  if (errno != EWOULDBLOCK) throw queue_fault(path, errno);
  return false;
}

/// The lock of the whole queue, while tickets are made and counted.
Descriptor lock_queue(const fs::path& folder) {
  Descriptor out = open_file(folder / "lock", O_RDWR | O_CREAT);
  if (flock(out.get(), LOCK_EX) != 0) throw queue_fault(folder, errno);
  return out;
}

std::int64_t number_of(const std::string& text) {
  std::int64_t out = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, out);
  return error == std::errc{} && rest == end ? out : 0;
}

/// The numbers of the tickets there are, in order.
std::vector<std::int64_t> ticket_numbers(const fs::path& folder) {
  std::vector<std::int64_t> out;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    if (const std::int64_t number = number_of(entry.path().filename()); number > 0) {
      out.push_back(number);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

fs::path ticket_file(const fs::path& folder, std::int64_t number) {
  return folder / std::to_string(number);
}

/// What a ticket says.
struct Ticket {
  bool locked = false;  ///< something of the job lives
  std::string script;
  pid_t process = 0;
  std::uint64_t start_ticks = 0;
  bool began = false, cancelled = false;
  std::string end;  ///< its exit code
};

Ticket read_ticket(const fs::path& path) {
  Ticket out;
  const Descriptor lock(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!lock.open()) return out;
  out.locked = !try_lock(lock, LOCK_SH, path);
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t space = line.find(' ');
    const std::string word = line.substr(0, space);
    const std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
    if (word == "script") out.script = rest;
    if (word == "process") std::istringstream(rest) >> out.process >> out.start_ticks;
    if (word == "running") out.began = true;
    if (word == "cancelled") out.cancelled = true;
    if (word == "ended") out.end = rest;
  }
  return out;
}

void note(const Descriptor& ticket, const std::string& line) {
  const std::string text = line + "\n";
  if (::write(ticket.get(), text.data(), text.size()) < 0) return;  // the state is then less exact
}

/// A ticket that is locked and says its script from the moment that it has its number: before that,
/// nobody who asks for the state of jobs may find it, because asking locks it too.
Descriptor make_ticket(const fs::path& folder, std::int64_t number, const std::string& script) {
  const fs::path unnumbered = folder / "new";  // the lock of the queue keeps others from this name
  std::error_code failure;
  fs::remove(unnumbered, failure);  // of a process that was killed here
  Descriptor out = open_file(unnumbered, O_RDWR | O_CREAT | O_EXCL | O_APPEND);
  const bool locked = try_lock(out, LOCK_EX, unnumbered);
  note(out, "script " + script);
  if (locked) fs::rename(unnumbered, ticket_file(folder, number), failure);
  if (locked && !failure) return out;
  const int why = locked ? failure.value() : EWOULDBLOCK;
  fs::remove(unnumbered, failure);
  throw queue_fault(unnumbered, why);
}

/// Removes tickets of jobs that have ended, but for the last: numbers are not used twice.
void remove_old(const fs::path& folder) {
  std::vector<std::int64_t> numbers = ticket_numbers(folder);
  if (numbers.empty()) return;
  numbers.pop_back();
  std::error_code ignored;
  for (const std::int64_t number : numbers) {
    const fs::path file = ticket_file(folder, number);
    if (!read_ticket(file).locked) fs::remove(file, ignored);
  }
}

/// Whether a folder of that name is a queue of this host: a boot's number follows the host's name.
/// Another host's name may begin with this one's and a hyphen.
bool is_queue_here(const std::string& name) {
  constexpr std::size_t boot_letters = 36;
  const std::string begin = this_host() + "-";
  return name.size() == begin.size() + boot_letters && name.starts_with(begin) &&
         name.find_first_not_of("0123456789abcdef-", begin.size()) == std::string::npos;
}

/// Removes the queues of this host's earlier boots.  Another host may have the same name and home:
/// a queue that is in use, or has a job that lives, stays.
void remove_earlier_boots(const fs::path& mine) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(mine.parent_path(), ignored)) {
    const fs::path folder = entry.path();
    if (folder == mine || !is_queue_here(folder.filename())) continue;
    const Descriptor queue(::open((folder / "lock").c_str(), O_RDWR | O_CLOEXEC));
    if (!queue.open() || !try_lock(queue, LOCK_EX, folder)) continue;
    const std::vector<std::int64_t> numbers = ticket_numbers(folder);
    const bool lives = std::any_of(numbers.begin(), numbers.end(), [&](std::int64_t number) {
      return read_ticket(ticket_file(folder, number)).locked;
    });
    if (!lives) fs::remove_all(folder, ignored);
  }
}

/// Waits until no earlier ticket is locked.
void wait_for_turn(const fs::path& folder, std::int64_t number) {
  for (const std::int64_t other : ticket_numbers(folder)) {
    if (other >= number) return;
    const Descriptor earlier(::open(ticket_file(folder, other).c_str(), O_RDONLY | O_CLOEXEC));
    while (earlier.open() && flock(earlier.get(), LOCK_SH) != 0 && errno == EINTR) {
    }
  }
}

/// Leaves the terminal and all open files but the ticket.
void detach(int ticket) {
  setsid();
  prctl(PR_SET_NAME, "scalelaw-job");
  const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing.get(), fd);
  for (const int fd : open_files()) {
    if (fd > STDERR_FILENO && fd != ticket && fd != nothing.get()) ::close(fd);
  }
}

/// Waits, and then runs the job.  Until it begins, a signal may simply end this process.
void work(const fs::path& folder, std::int64_t number, const Descriptor& ticket,
          const std::string& script) {
  note(ticket, fmt::format("process {} {}", getpid(), start_ticks(getpid())));
  wait_for_turn(folder, number);
  catch_interrupts();
  note(ticket, "running");
  const fs::path log = fs::path(script).replace_extension(".log");
  const Descriptor out(::open(log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
  if (!out.open()) {
    throw Error(fmt::format("cannot write '{}': {}", log.string(), std::strerror(errno)),
                "make its folder writable, then submit the job again");
  }
  const Outcome outcome =
      run_logged({{"bash", script}, {}, {}}, out.get(), ticket.get(), grace_of_harness);
  note(ticket, fmt::format("ended {}", outcome.exit_code));
}

[[noreturn]] void become_job(const fs::path& folder, std::int64_t number, const Descriptor& ticket,
                             const std::string& script) {
  try {
    detach(ticket.get());
    work(folder, number, ticket, script);
  } catch (const std::exception& error) {
    note(ticket, std::string("ended ") + error.what());
  }
  _exit(0);  // nothing of the process that it was forked from
}

std::string job_id(std::int64_t number) {
  return fmt::format("{}@{}", number, this_host());
}

/// The number of a job of this machine.
std::int64_t number_here(const std::string& id) {
  const std::size_t at = id.find('@');
  if (at != std::string::npos && id.substr(at + 1) != this_host()) {
    throw Error(
        fmt::format("job {} is in the queue of another machine, '{}'", id, id.substr(at + 1)),
        "give this command there; scalelaw collect works anywhere");
  }
  return number_of(id.substr(0, at));
}

QueuedJob queued_job(const Ticket& ticket, std::int64_t earlier) {
  QueuedJob out{.state = "KILLED", .reason = {}, .script = ticket.script, .stage = JobStage::ended};
  if (ticket.locked) {
    out.state = ticket.began ? "RUNNING" : "PENDING";
    out.stage = ticket.began ? JobStage::running : JobStage::queued;
    if (!ticket.began && earlier > 0) out.reason = "after job " + job_id(earlier);
  } else if (ticket.cancelled) {
    out.state = "CANCELLED";
  } else if (!ticket.end.empty()) {
    out.state = "ENDED " + ticket.end;
  }
  return out;
}

/// Whether `ticket` is free by `deadline`.
bool free_by(Clock::time_point deadline, const fs::path& ticket) {
  while (read_ticket(ticket).locked) {
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

/// Whether the job was there to be signalled.  The process of a job that has just been submitted may
/// not have said its number yet.
bool signal_job(const fs::path& file, int number) {
  Ticket ticket = read_ticket(file);
  for (int i = 0; i < 100 && ticket.locked && ticket.process == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ticket = read_ticket(file);
  }
  const bool is_it = ticket.process > 0 && start_ticks(ticket.process) == ticket.start_ticks;
  return ticket.locked && is_it && kill(ticket.process, number) == 0;
}

/// Whether it took one more signal.
bool require_end(const fs::path& file, const std::string& id) {
  if (free_by(Clock::now() + grace + patience, file)) return false;
  const bool signalled = signal_job(file, SIGKILL);  // its supervisor then ends what it started
  if (free_by(Clock::now() + grace + patience, file)) return signalled;
  throw Error(fmt::format("job {} does not end", id),
              "look what it waits for: ps -u $USER -o pid,stat,args");
}

/// Errors: throws Error before anything of the job is there.
Submission enqueue(const std::string& script) {
  const fs::path folder = local_queue_folder();
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) throw queue_fault(folder, failure.value());
  remove_earlier_boots(folder);
  const Descriptor queue = lock_queue(folder);
  remove_old(folder);
  const std::vector<std::int64_t> numbers = ticket_numbers(folder);
  const std::int64_t number = numbers.empty() ? 1 : numbers.back() + 1;
  const Descriptor ticket = make_ticket(folder, number, script);
  const pid_t child = fork();
  if (child == 0) become_job(folder, number, ticket, script);
  if (child < 0) {
    const int why = errno;
    fs::remove(ticket_file(folder, number), failure);
    return {.id = {},
            .fault = fmt::format("cannot start a process: {}", std::strerror(why)),
            .hint = "raise the limit of processes (ulimit -u)"};
  }
  return {.id = job_id(number), .fault = {}, .hint = {}};
}

}  // namespace

fs::path local_queue_folder() {
  return jobs_folder() / (this_host() + "-" + queue_boot());
}

Submission submit_local(const std::string& script) {
  try {
    return enqueue(script);
  } catch (const Error& error) {
    return {.id = {}, .fault = error.what(), .hint = error.hint()};
  }
}

std::map<std::string, QueuedJob> query_local() {
  const fs::path folder = local_queue_folder();
  std::map<std::string, QueuedJob> out;
  std::int64_t earlier = 0;
  for (const std::int64_t number : ticket_numbers(folder)) {
    const Ticket ticket = read_ticket(ticket_file(folder, number));
    out[job_id(number)] = queued_job(ticket, earlier);
    if (ticket.locked) earlier = number;
  }
  return out;
}

std::map<std::string, QueuedJob> query_local(const std::vector<std::string>& ids) {
  std::map<std::string, QueuedJob> out = query_local();
  for (const std::string& id : ids) (void)number_here(id);
  std::erase_if(out, [&](const auto& one) {
    return std::find(ids.begin(), ids.end(), one.first) == ids.end();
  });
  return out;
}

void cancel_local(const std::vector<std::string>& ids) {
  const fs::path folder = local_queue_folder();
  std::vector<std::int64_t> numbers;
  for (const std::string& id : ids) numbers.push_back(number_here(id));
  // The last first, so that none starts because the one before it has ended.
  std::sort(numbers.rbegin(), numbers.rend());
  std::map<std::int64_t, bool> signalled;
  for (const std::int64_t number : numbers) {
    signalled[number] = signal_job(ticket_file(folder, number), SIGTERM);
  }
  for (const std::int64_t number : numbers) {
    const fs::path file = ticket_file(folder, number);
    const bool again = require_end(file, job_id(number));
    if (!signalled[number] && !again) continue;  // it had ended by itself
    std::error_code ignored;
    if (fs::exists(file, ignored)) note(open_file(file, O_WRONLY | O_APPEND), "cancelled");
  }
}

}  // namespace scalelaw::harness
