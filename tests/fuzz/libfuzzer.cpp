// The program of libFuzzer: fuzz-targets --target=NAME CORPUS.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "fuzz_targets.hpp"

namespace {

const scalelaw::fuzz::Target* chosen = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  constexpr std::string_view option = "--target=";
  for (int i = 1; i < *argc; ++i) {
    const std::string_view word = (*argv)[i];
    for (const auto& target : scalelaw::fuzz::targets) {
      if (word.starts_with(option) && word.substr(option.size()) == target.name) chosen = &target;
    }
  }
  if (chosen != nullptr) return 0;
  std::fputs("fuzz-targets: give --target=NAME, with NAME one of:\n", stderr);
  for (const auto& target : scalelaw::fuzz::targets) std::fprintf(stderr, "  %s\n", target.name);
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
