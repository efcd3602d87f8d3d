#include "common/range.hpp"

#include <gtest/gtest.h>

namespace scalelaw {
namespace {

TEST(Split, PartsCoverTheWholeInOrderAndDifferByAtMostOne) {
  for (std::int64_t size : {0, 1, 2, 7, 100, 101}) {
    for (std::int64_t parts : {1, 2, 3, 7, 16}) {
      const Range whole{5, 5 + size};
      std::int64_t next = whole.begin;
      for (std::int64_t i = 0; i < parts; ++i) {
        const Range part = split(whole, parts, i);
        EXPECT_EQ(part.begin, next);
        EXPECT_GE(part.size(), size / parts);
        EXPECT_LE(part.size(), size / parts + 1);
        next = part.end;
      }
      EXPECT_EQ(next, whole.end);
    }
  }
}

}  // namespace
}  // namespace scalelaw
