#pragma once

#include <string>
#include <utility>

#include "common/error.hpp"
#include "harness/config/campaign.hpp"

namespace scalelaw::harness {

/// How configs of tests begin.
inline const std::string head = "[campaign]\nname = \"c\"\n";

/// The message and hint of the error that the config `text` is refused with.
inline std::pair<std::string, std::string> refusal(const std::string& text) {
  try {
    parse_campaign(text, "x.toml");
  } catch (const Error& error) {
    return {error.what(), error.hint()};
  }
  return {"accepted", ""};
}

}  // namespace scalelaw::harness
