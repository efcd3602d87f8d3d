#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "adapter/definition.hpp"
#include "adapter/placeholders.hpp"
#include "common/error.hpp"

namespace scalelaw::adapter {

/// What the adapter calls itself.
constexpr const char* program_name = "scalelaw-command";

/// What was asked of a run, as docs/record.md has it.
struct Asked {
  std::optional<std::int64_t> size{};
  std::map<std::string, std::string> params{};
  std::int64_t threads = 1;
  std::int64_t seed = 1;
  std::int64_t warmups = 0;
  std::int64_t samples = 1;
  std::int64_t batch = 1;
  std::string record{};  ///< empty: none is written
};

/// What fills the placeholders of a definition, but for `sample`.
Fillings fillings_of(const Asked& asked, std::int64_t ranks, std::int64_t nodes);

/// Measures a command and writes the record.  True when every sample is verified.
/// Errors: throws Error when the record cannot be opened, and RunFailure (below) once the command
///         has been started.
bool measure(const Definition& definition, const Asked& asked);

/// A failure while running: the exit status differs from that of wrong usage.
class RunFailure : public Error {
 public:
  using Error::Error;
};

}  // namespace scalelaw::adapter
