#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/batch/batch.hpp"

namespace scalelaw::harness {

/// A campaign that was found, and what its user should know about the search: which others there
/// are, and what was skipped and why.
template <class T>
struct Found {
  T what;
  std::vector<std::string> notes;
};

/// The submitted campaign that a person means by `text`: its folder, a file in that folder, its
/// config (then the newest in results/ of that name, before all of that very text), or nothing (the
/// newest of all in results/).  Names, configs and times are those in the campaigns' files, since
/// folders are renamed, moved and linked.
/// `unsubmitted`: a search also finds what was never submitted.
/// Errors: throws Error when there is none.
Found<Batch> find_batch(const std::string& text, bool unsubmitted = false);

/// The results file of the unfinished campaign in results/ that `plan` continues: by its name,
/// then its config and points, then the newest.  Likewise by what the journals say.
/// `complete`: also those that are complete, by their results files.
/// Errors: throws Error when there is none.
Found<std::string> find_unfinished(const Results& plan, bool complete = false);

}  // namespace scalelaw::harness
