// A file of another program.  The first line is its name, the rest its contents.
#include "fuzz/fuzz.hpp"
#include "harness/exchange/exchange.hpp"

namespace scalelaw::fuzz {

void import_file(std::string_view input) {
  using namespace harness;
  const std::size_t newline = std::min(input.find('\n'), input.size());
  const std::string name(input.substr(0, newline));
  const std::string text(input.substr(std::min(newline + 1, input.size())));
  refusable([&] { (void)import_texts({{name, text}}, {}); });
  refusable([&] {
    ImportOptions log;
    log.format = "log";
    log.pattern = "time: ([^ ]+)";
    (void)import_texts({{name, text}}, log);
  });
}

}  // namespace scalelaw::fuzz
