#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace scalelaw::fuzz {

/// Calls `read`, which may refuse its input by an Error with a remedy, and in no other way.
/// Errors: passes on any other exception; throws std::logic_error for an Error without a message or
///         a remedy, and for one with the words of a library.
void refusable(const std::function<void()>& read);

/// Throws std::logic_error unless a reason that a reader gives is fit to be shown.
void require_words(std::string_view what);

/// A folder of this process, which it removes when it ends.
const std::filesystem::path& own_folder();

/// The path of a file there with these bytes, in place of the one before.
std::string file_with(std::string_view bytes);

}  // namespace scalelaw::fuzz
