#include "harness/launch/log_line.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <vector>

namespace scalelaw::harness {
namespace {

constexpr std::size_t longest_line = 300;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view p) { return has(text, p); });
}

bool begins_with_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view p) { return text.starts_with(p); });
}

/// The text of a line, without colours and other control characters, with single blanks.
std::string tidy(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\x1b' && i + 1 < line.size() && line[i + 1] == '[') {
      i += 2;
      while (i < line.size() && (line[i] < '@' || line[i] > '~')) ++i;
      continue;
    }
    const auto byte = static_cast<unsigned char>(line[i]);
    const bool blank = byte <= ' ' || byte == 0x7f;
    if (!blank) out += line[i];
    if (blank && !out.empty() && out.back() != ' ') out += ' ';
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// At most `longest_line` bytes, cut between characters.
std::string capped(std::string text) {
  if (text.size() <= longest_line) return text;
  std::size_t end = longest_line - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

struct Line {
  std::string text;  ///< tidy; may be empty
  bool indented = false;
  int banner = 0;  ///< the number of the banner that it is in; 0: none
};

/// Open MPI's rule has 74 dashes, MPICH's has more equals signs.  Programs draw shorter ones.
bool is_rule(std::string_view text) {
  return text.size() >= 70 && text.find_first_not_of("-=") == std::string_view::npos;
}

/// "[host:1234] ...", "[mpiexec@host] ...", "[proxy:0:0@host] ...", "[host][[8211,0],0] ..."
bool has_process_prefix(std::string_view text) {
  const std::size_t end = text.find(']');
  if (!text.starts_with('[') || end == std::string_view::npos) return false;
  const std::string_view name = text.substr(1, end - 1);
  if (begins_with_any(name, {"mpiexec@", "proxy:"})) return true;
  const std::size_t colon = name.rfind(':');
  return colon != std::string_view::npos && colon + 1 < name.size() &&
         name.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
}

bool is_launchers(const Line& line) {
  return line.banner != 0 || has_process_prefix(line.text) ||
         begins_with_any(line.text, {"mpirun",
                                     "mpiexec",
                                     "orterun",
                                     "prterun",
                                     "prted",
                                     "orted",
                                     "srun:",
                                     "slurmstepd",
                                     "salloc:",
                                     "ssh:",
                                     "*** An error occurred in MPI",
                                     "*** on a ",
                                     "*** MPI_ERR",
                                     "*** reported by",
                                     "*** and potentially",
                                     "Try \"srun --help\"",
                                     "Type 'mpirun --help'",
                                     "YOUR APPLICATION TERMINATED WITH",
                                     "This typically refers to a problem",
                                     "Please see the FAQ page for debugging"}) ||
         has_any(line.text, {"total processes failed to start", "total process failed to start",
                             "Host key verification failed", "Permission denied (publickey",
                             "orted: command not found", "prted: command not found"});
}

bool says_nothing(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return c >= 0x80 || std::isalnum(c) != 0; });
}

/// Every line of a log.  A line without information is empty.  Rules of dashes are omitted, and
/// mark the banners between them.
std::vector<Line> lines_in(std::string_view log) {
  std::vector<Line> out;
  int banners = 0;
  bool inside = false;
  while (!log.empty()) {
    const std::size_t end = std::min(log.find('\n'), log.size());
    const std::string_view raw = log.substr(0, end);
    log.remove_prefix(std::min(end + 1, log.size()));
    Line line;
    line.text = tidy(raw);
    if (is_rule(line.text)) {
      inside = !inside;
      banners += inside ? 1 : 0;
      continue;
    }
    if (says_nothing(line.text)) line.text.clear();
    line.indented = !raw.empty() && (raw.front() == ' ' || raw.front() == '\t');
    line.banner = inside ? banners : 0;
    out.push_back(std::move(line));
  }
  for (Line& line : out) {
    if (inside && line.banner == banners) line.banner = 0;  // it has no end: not a banner
  }
  return out;
}

/// The program's own lines, in order.
std::vector<Line> programs_lines(std::string_view log) {
  std::vector<Line> lines = lines_in(log);
  std::erase_if(lines, [](const Line& line) { return line.text.empty() || is_launchers(line); });
  return lines;
}

/// The line at `at`, with the next one when the line announces it.
std::string with_what_follows(const std::vector<Line>& lines, std::size_t at) {
  const std::string& text = lines[at].text;
  if (at + 1 == lines.size()) return text;
  const std::string& next = lines[at + 1].text;
  if (text.starts_with("terminate called") && next.starts_with("what(): ")) {
    return text + ": " + next.substr(next.find(' ') + 1);
  }
  return text.ends_with(':') ? text + " " + next : text;
}

/// A driver's message with its indented lines: the single faults and the remedy.
std::string with_details(const std::vector<Line>& lines, std::size_t at) {
  std::string words = lines[at].text;
  for (std::size_t i = at + 1; i < lines.size() && lines[i].indented; ++i) {
    const std::string& text = lines[i].text;
    if (text.starts_with("hint: ")) return words + " (" + text + ")";
    words += (words.ends_with(':') ? " " : "; ") + text;
  }
  return words;
}

/// The last line of the first Python traceback: the exception.  Where one was raised while another
/// was handled, or because of it, the later one ended the program.
std::string traceback_end(const std::vector<Line>& lines) {
  std::string found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].text.starts_with("Traceback (most recent call last)")) continue;
    for (++i; i < lines.size() && lines[i].indented; ++i) {
    }
    if (i == lines.size()) break;
    found = lines[i].text;
    const bool goes_on = i + 1 < lines.size() &&
                         begins_with_any(lines[i + 1].text, {"During handling of the above",
                                                             "The above exception was the direct"});
    if (!goes_on) break;
  }
  return found;
}

bool speaks_of_an_error(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (has(text, "warning")) return false;
  return has_any(
      text,
      {"error",     "fatal",     "exception",     "abort",       "cannot",           "can't",
       "could not", "unable",    "fail",          "denied",      "not found",        "no such",
       "invalid",   "undefined", "refused",       "assert",      "terminate called", "panic",
       "illegal",   "bad_alloc", "out of memory", "detected ***"});
}

/// Lines that say nothing about the cause, and lines that every failure prints.
bool is_empty_of_news(std::string_view text) {
  return has_any(
      text,
      {"more process has sent help message", "more processes have sent help message",
       "orte_base_help_aggregate", "Job step aborted: Waiting", "_step_signal", "srun: Terminating",
       "--help", "Primary job terminated normally", "Force Terminated", "End of error message"});
}
bool is_said_of_every_failure(std::string_view text) {
  if (has(text, "THE EXIT STRING: ")) return false;  // "... Terminated", as Hydra names a signal
  return has_any(text, {"An internal error has occurred in", "It looks like MPI_INIT failed",
                        "It looks like orte_init failed", "processes exited with non-zero status",
                        "was unable to reliably start one or more daemons", "ERROR_LOG", "*** ",
                        "Process received signal", "CANCELLED AT", "Exited with exit code",
                        "total processes failed to start", "Application launch failed",
                        ": Terminated", "BAD TERMINATION OF ONE OF YOUR", "] Signal",
                        "] Failing at address", "] [ ", "Expired or invalid job"});
}

/// "Key: value", as banners list details.
bool is_detail(const std::string& text) {
  const std::size_t colon = text.find(": ");
  return colon != std::string::npos && colon < 24 && !text.starts_with("NOTE") &&
         text.find_first_of(".(\"") > colon &&
         std::isupper(static_cast<unsigned char>(text[0])) != 0;
}

/// A banner in one line: its first sentence, and the details of the paragraph after it.
std::string banner_words(const std::vector<Line>& lines, std::size_t begin) {
  const int banner = lines[begin].banner;
  std::size_t at = begin;
  const auto inside = [&] { return at < lines.size() && lines[at].banner == banner; };
  std::string sentence;
  for (; inside() && !lines[at].text.empty(); ++at) {
    sentence += (sentence.empty() ? "" : " ") + lines[at].text;
  }
  while (inside() && lines[at].text.empty()) ++at;
  const bool announces = sentence.ends_with(':');
  // Shorter, but the details still belong to it.
  if (const std::size_t stop = sentence.find(". "); stop != std::string::npos) {
    sentence.resize(stop + 1);
  }
  if (announces && sentence.ends_with('.')) sentence.pop_back();
  std::string details;
  for (int i = 0; i < 4 && inside() && !lines[at].text.empty(); ++i, ++at) {
    if (!announces && !is_detail(lines[at].text)) break;
    details += (details.empty() ? "" : ", ") + lines[at].text;
  }
  if (details.empty()) return sentence;
  while (!sentence.empty() && (sentence.back() == '.' || sentence.back() == ':')) {
    sentence.pop_back();
  }
  return sentence + ": " + details;
}

}  // namespace

std::string speaker_of(std::string_view line) {
  const std::size_t colon = line.find(": ");
  if (!line.starts_with("scalelaw-") || colon == std::string_view::npos) return {};
  return line.find(' ') < colon ? std::string() : std::string(line.substr(0, colon));
}

std::string driver_words(std::string_view log) {
  const std::vector<Line> lines = lines_in(log);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& text = lines[i].text;
    const std::string driver = speaker_of(text);
    if (driver.empty() || text.compare(driver.size(), 10, ": warning:") == 0) continue;
    return capped(with_details(lines, i));
  }
  return {};
}

bool program_spoke(std::string_view log) {
  return !programs_lines(log).empty();
}

std::string program_words(std::string_view log) {
  if (std::string words = driver_words(log); !words.empty()) return words;
  const std::vector<Line> lines = programs_lines(log);
  if (std::string words = traceback_end(lines); !words.empty()) return capped(words);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (speaks_of_an_error(lines[i].text)) return capped(with_what_follows(lines, i));
  }
  return lines.empty() ? launcher_words(log) : capped(lines.back().text);
}

std::string launcher_words(std::string_view log) {
  const std::vector<Line> lines = lines_in(log);
  std::string second, last;
  for (std::size_t i = 0; i < lines.size();) {
    const bool in_banner = lines[i].banner != 0;
    const std::string words =
        in_banner && !lines[i].text.empty() ? banner_words(lines, i) : with_what_follows(lines, i);
    const int banner = lines[i].banner;
    for (++i; in_banner && i < lines.size() && lines[i].banner == banner; ++i) {
    }
    if (words.empty() || is_empty_of_news(words)) continue;
    if (is_said_of_every_failure(words)) {
      if (second.empty()) second = words;
    } else {
      return capped(words);
    }
  }
  return capped(second);
}

std::string line_with(std::string_view log, std::string_view sign) {
  for (const Line& line : lines_in(log)) {
    if (has(line.text, sign)) return capped(line.text);
  }
  return {};
}

}  // namespace scalelaw::harness
