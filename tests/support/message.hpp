#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "common/error.hpp"

namespace scalelaw {

/// The message of the Error that `action` throws, which must have a hint; "no error" if it
/// throws none.
inline std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_FALSE(error.hint().empty()) << error.what();
    return error.what();
  }
  return "no error";
}

}  // namespace scalelaw
