// The definition of a command, with its placeholders, patterns and expressions.
#include "adapter/definition.hpp"
#include "fuzz/fuzz.hpp"

namespace scalelaw::fuzz {

void command(std::string_view input) {
  refusable([&] {
    const auto definition = adapter::parse_definition(std::string(input));
    (void)adapter::parameters_of(definition);
  });
}

}  // namespace scalelaw::fuzz
