#include "fuzz/fuzz.hpp"

#include <fstream>
#include <stdexcept>

#include "common/error.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::fuzz {

void require_words(std::string_view what) {
  if (what.empty()) throw std::logic_error("nothing is said");
  for (const char* raw :
       {"[json.exception", "filesystem error", "basic_string", "std::", "vector::"}) {
    if (what.find(raw) != std::string_view::npos) throw std::logic_error(std::string(what));
  }
}

void refusable(const std::function<void()>& read) {
  try {
    read();
  } catch (const Error& error) {
    if (error.hint().empty()) throw std::logic_error(std::string("no remedy: ") + error.what());
    require_words(error.what());
  }
}

const std::filesystem::path& own_folder() {
  static const TemporaryFolder folder;
  return folder.path();
}

std::string file_with(std::string_view bytes) {
  std::string path = own_folder() / "input";
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

}  // namespace scalelaw::fuzz
