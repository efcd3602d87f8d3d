#include "harness/batch/find.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <tuple>

#include "common/error.hpp"
#include "harness/config/parse.hpp"
#include "harness/store/journal.hpp"
#include "harness/store/output_path.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

constexpr const char* search_folder = "results";

/// One campaign that may be meant.
struct Candidate {
  fs::path path;
  int likeness = 0;     ///< how well it fits what is looked for; more is better
  std::string started;  ///< ISO 8601, which sorts by time
  fs::file_time_type written;

  /// Two that started in the same second differ by when their files were written.
  [[nodiscard]] auto order() const { return std::tie(likeness, started, written); }
};

/// What a search looks at and finds.
struct Search {
  std::vector<Candidate> found;
  std::vector<std::string> skipped;

  /// Adds what `read` makes of each entry of results/; what cannot be read is skipped.  `read`
  /// returns nothing for an entry that is no campaign, or one of another name.
  void look(const std::function<std::optional<Candidate>(const fs::path&)>& read) {
    std::error_code ignored;
    std::set<fs::path> seen;  // a link and what it leads to are one
    for (const auto& entry : fs::directory_iterator(search_folder, ignored)) {
      try {
        std::optional<Candidate> candidate = read(entry.path());
        const fs::path real = fs::canonical(entry.path(), ignored);
        if (candidate && seen.insert(real).second) found.push_back(*std::move(candidate));
      } catch (const std::exception& error) {
        skipped.push_back(fmt::format("{} ({})", entry.path().string(), error.what()));
      }
    }
    std::sort(found.begin(), found.end(),
              [](const Candidate& a, const Candidate& b) { return b.order() < a.order(); });
  }

  [[nodiscard]] std::vector<std::string> notes() const {
    constexpr std::size_t most = 3;
    std::vector<std::string> out;
    for (const std::string& what : skipped) out.push_back("skipped " + what);
    if (found.size() < 2) return out;
    std::string others;
    for (std::size_t i = 1; i < std::min(found.size(), most + 1); ++i) {
      others += (others.empty() ? "" : ", ") + found[i].path.string();
    }
    if (found.size() > most + 1) others += fmt::format(" and {} more", found.size() - most - 1);
    out.push_back(fmt::format("using {}; other matches: {}", found[0].path.string(), others));
    return out;
  }
};

std::string where() {
  return fs::absolute(search_folder).string();
}

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

/// The campaign in whose folder `file` is: its plan, or the copy of its config.
std::optional<Batch> folder_around(const fs::path& file) {
  const fs::path folder = plain_folder(file).parent_path();
  std::error_code ignored;
  if (!fs::exists(folder / batch_file, ignored)) return {};
  Batch batch = read_batch(folder);
  const bool its_plan = fs::equivalent(file, folder / batch_file, ignored);
  if (!its_plan && text_of(file) != batch.plan.config_text) return {};
  return batch;
}

/// In results/: the campaign of that name, or any without one.
Found<Batch> search_batches(const std::optional<Campaign>& wanted, bool unsubmitted) {
  Search search;
  search.look([&](const fs::path& folder) -> std::optional<Candidate> {
    const fs::path file = folder / batch_file;
    if (!fs::exists(file)) return {};
    const Batch batch = read_batch(folder);
    if (wanted && batch.plan.name != wanted->name) return {};
    if (!unsubmitted && !batch.submitted()) throw Error("it was never submitted");
    const bool same = wanted && batch.plan.config_text == wanted->text;
    return Candidate{folder, same ? 1 : 0, batch.plan.started, fs::last_write_time(file)};
  });
  if (search.found.empty()) {
    throw Error(
        fmt::format("no submitted campaign{} in '{}'{}",
                    wanted ? fmt::format(" '{}'", wanted->name) : "", where(),
                    search.skipped.empty()
                        ? ""
                        : fmt::format("; skipped {}", fmt::join(search.skipped, ", "))),
        "submit one (scalelaw submit CONFIG), or give its folder if it is elsewhere; campaigns of "
        "scalelaw run have no jobs");
  }
  const Candidate& chosen = search.found.front();
  std::vector<std::string> notes = search.notes();
  if (wanted && chosen.likeness == 0) {
    notes.push_back(
        fmt::format("'{}' has changed since {} was submitted", wanted->file, chosen.path.string()));
  }
  return {read_batch(chosen.path), std::move(notes)};
}

bool same_points(const Results& a, const Results& b) {
  return std::equal(a.points.begin(), a.points.end(), b.points.begin(), b.points.end(),
                    [](const Point& one, const Point& other) { return one.id == other.id; });
}

}  // namespace

Found<Batch> find_batch(const std::string& text, bool unsubmitted) {
  if (text.empty()) return search_batches({}, unsubmitted);
  std::error_code failure;
  const fs::file_status status = fs::status(text, failure);
  if (!fs::exists(status)) {
    throw Error(fmt::format("there is no file or folder '{}'", text),
                "give the folder of a campaign or its config; the default is the newest campaign");
  }
  if (fs::is_directory(status)) return {read_batch(text), {}};
  if (std::optional<Batch> around = folder_around(text)) return {*std::move(around), {}};
  return search_batches(load_campaign(text), unsubmitted);
}

Found<std::string> find_unfinished(const Results& plan, bool complete) {
  constexpr std::string_view ending = ".journal";
  Search search;
  search.look([&](const fs::path& file) -> std::optional<Candidate> {
    if (!fs::is_regular_file(file)) return {};
    const bool journal = file.string().ends_with(ending);
    const bool whole = complete && file.extension() == ".h5" && !fs::exists(journal_path(file));
    if (!journal && !whole) return {};
    const std::optional<Results> there = journal ? read_journal_plan(file) : read_results(file);
    if (!there || there->name != plan.name) return {};
    const bool same = there->config_text == plan.config_text;
    return Candidate{file, same ? 1 + static_cast<int>(same_points(*there, plan)) : 0,
                     there->started, fs::last_write_time(file)};
  });
  if (search.found.empty()) {
    throw Error(
        fmt::format("no {}campaign '{}' in results/{}", complete ? "" : "unfinished ", plan.name,
                    search.skipped.empty()
                        ? ""
                        : fmt::format("; skipped {}", fmt::join(search.skipped, ", "))),
        "give its file with --output, or run without --resume");
  }
  std::string output = search.found.front().path.string();
  if (output.ends_with(ending)) output.resize(output.size() - ending.size());
  return {std::move(output), search.notes()};
}

}  // namespace scalelaw::harness
