#pragma once

#include <string>
#include <vector>

#include "harness/config/campaign.hpp"

namespace scalelaw::harness {

/// A config that teaches something, configs/teach-NAME.toml.  Its page is docs/teaching/NAME.md.
struct LessonConfig {
  std::string name;
  std::string config;  ///< path
  std::string page;    ///< path; empty: it has none
  std::string input;   ///< path of the config that makes what it reads; empty: it reads nothing
  Campaign campaign;

  [[nodiscard]] const Lesson& lesson() const { return campaign.lesson; }
};

/// All lessons that come with the program, in the order of the course.
/// Errors: throws Error when there are none, and for a config with a fault.
std::vector<LessonConfig> find_lessons();

/// The lesson of that name, or that of a config which is named by its path.
/// Errors: throws Error, with the nearest name, when there is none.
LessonConfig find_lesson(const std::string& name);

}  // namespace scalelaw::harness
