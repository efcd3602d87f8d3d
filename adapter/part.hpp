#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "adapter/child.hpp"
#include "adapter/place.hpp"
#include "common/observed.hpp"

namespace scalelaw::adapter {

/// What one process of a launch measured of one run of its command.
struct Part {
  std::int64_t rank = 0;
  std::string host;
  pid_t pid = 0;
  ProcessUse use{};
  Observed seen{};
  std::string steal_cpus{};  ///< whose steal was seen: a Linux CPU list; empty: unknown
  std::vector<SeenThread> threads{};
  std::vector<double> times_s{};       ///< that the program printed; none: it printed none
  std::optional<std::string> check{};  ///< what `check` found last
  std::string last_words{};            ///< the end of the output
  std::string fault{};                 ///< why the run is none
  bool is_of_pattern = false;          ///< the fault: `time` found no time in what was printed
};

/// What is known of it, by name.
nlohmann::json seen_json(const Observed& seen);

nlohmann::json to_json(const Part& part);
/// Errors: throws an exception of the JSON library for what is no part.
Part part_from(const nlohmann::json& json);

/// The parts of a launch, as files beside its record: rank 0 gathers those of the others.
class Parts {
 public:
  Parts(std::string record, Place place);

  /// Errors: both throw Error when a file cannot be written.
  void write(const Part& part) const;
  void let_begin(bool well) const;  ///< rank 0 has set up, or could not

  /// Waits until rank 0 has set up.
  /// Errors: throws Error when it could not, or when this program is asked to end.
  void wait_for_begin() const;

  /// The parts of the other ranks, in order, and removes their files.  A rank whose part is not
  /// there after `patience_s` is missing.
  [[nodiscard]] std::vector<Part> gather(double patience_s) const;

  void remove_begin() const;

 private:
  [[nodiscard]] std::string file(const std::string& what) const;
  void put(const std::string& path, const nlohmann::json& content) const;

  std::string record_;
  Place place_;
};

}  // namespace scalelaw::adapter
