#include "harness/process/own_files.hpp"

#include <system_error>

#include "own_paths.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code unreachable;
  return fs::exists(path, unreachable);
}

/// The nearest folder above one of these that has `path`, with it; empty: there is none.
fs::path find_above(const std::string& path, const fs::path& program, const fs::path& current) {
  for (fs::path start : {program.parent_path(), current}) {
    for (; start != start.root_path() && !start.empty(); start = start.parent_path()) {
      if (is_there(start / path)) return start / path;
    }
  }
  return {};
}

OwnFiles installed_beside(const fs::path& programs) {
  const auto at = [&](const char* from_programs) {
    return (programs / from_programs).lexically_normal();
  };
  const fs::path data = at(own_paths::data);
  return {.installed = true,
          .drivers = at(own_paths::drivers),
          .configs = data / "configs",
          .python = data / "python",
          .requirements = data / "requirements-figures.txt",
          .environment = at(own_paths::libraries) / "venv",
          .docs = at(own_paths::docs) / "docs"};
}

}  // namespace

fs::path this_program() {
  std::error_code unknown;
  return fs::read_symlink("/proc/self/exe", unknown);
}

OwnFiles find_own_files(const fs::path& program, const fs::path& current) {
  const fs::path programs = program.parent_path();
  if (OwnFiles out = installed_beside(programs); is_there(out.configs)) return out;
  const auto above = [&](const char* path) { return find_above(path, program, current); };
  OwnFiles out;
  out.drivers = programs;
  out.configs = above("configs");
  out.requirements = above("scripts/requirements-figures.txt");
  out.python = out.requirements.parent_path();
  if (!out.python.empty()) out.environment = out.python.parent_path() / ".venv";
  // Not just any docs: build/ has a folder of that name, once the site has been made.
  out.docs = above("docs/teaching").parent_path();
  return out;
}

OwnFiles own_files() {
  std::error_code unknown;
  return find_own_files(this_program(), fs::current_path(unknown));
}

}  // namespace scalelaw::harness
