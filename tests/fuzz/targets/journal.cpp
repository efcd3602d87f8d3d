// The log of a campaign: as it is, and with a checksum for each line, which no fuzzer would find.
#include "harness/store/journal.hpp"

#include "fuzz/fuzz.hpp"
#include "harness/store/checked_line.hpp"

namespace scalelaw::fuzz {
namespace {

std::string with_checksums(std::string_view input) {
  std::string out;
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(input.size(), line.size() + 1));
    auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object()) {
      out += std::string(line) + "\n";
      continue;
    }
    json.erase("crc32");
    out += harness::checked_line(json);
  }
  return out;
}

}  // namespace

void journal(std::string_view input) {
  refusable([&] { (void)harness::read_journal(file_with(input)); });
  refusable([&] { (void)harness::read_journal(file_with(with_checksums(input))); });
}

}  // namespace scalelaw::fuzz
