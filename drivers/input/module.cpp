#include "drivers/input/module.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <system_error>

#include "common/error.hpp"
#include "own_paths.hpp"

namespace scalelaw::driver {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_to_load(const char* what, const std::string& why) {
  throw Error(fmt::format("{}: {}", what, why),
              "build or install scalelaw again, and move its folders together");
}

/// The path of the module in `file`, beside the running program.
fs::path module_path(const char* file, const char* what) {
  std::error_code unknown;
  const fs::path programs = fs::read_symlink("/proc/self/exe", unknown).parent_path();
  for (const char* folder : own_paths::modules) {
    const fs::path path = (programs / folder / file).lexically_normal();
    if (fs::exists(path, unknown)) return path;
  }
  fail_to_load(
      what, fmt::format("{} is not where the program in {} looks for it", file, programs.string()));
}

}  // namespace

const void* module_symbol(const char* file, const char* name, const char* what) {
  void* const module = dlopen(module_path(file, what).c_str(), RTLD_NOW);
  const void* const symbol = module != nullptr ? dlsym(module, name) : nullptr;
  if (symbol == nullptr) fail_to_load(what, dlerror());
  return symbol;
}

}  // namespace scalelaw::driver
