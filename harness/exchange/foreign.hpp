#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace scalelaw::harness {

// JSON that other programs wrote: every fault is an Error in words.

/// The object of a file, if its text is one; null otherwise.
nlohmann::json object_of(const std::string& text);

/// The member `key`, which must be there.  `where` is its object, for messages.
/// Errors: throws Error.
const nlohmann::json& member(const nlohmann::json& object, const std::string& key,
                             const std::string& where);

/// Likewise a list, a text or a number.
const nlohmann::json& list_member(const nlohmann::json& object, const std::string& key,
                                  const std::string& where);
std::string text_member(const nlohmann::json& object, const std::string& key,
                        const std::string& where);
double number_member(const nlohmann::json& object, const std::string& key,
                     const std::string& where);

/// A number above 0.
double positive(const nlohmann::json& value, const std::string& where);

}  // namespace scalelaw::harness
