#include "common/quantity.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"

namespace scalelaw {
namespace {

TEST(ParseCount, TakesNumbersAsPeopleWriteThem) {
  const std::vector<std::pair<std::string, std::int64_t>> cases{
      {"0", 0},
      {"1000", 1000},
      {"10_000", 10000},
      {"1e9", 1000000000},
      {"1E+3", 1000},
      {"2.5e6", 2500000},
      {"4Gi", std::int64_t{4} << 30},
      {"4GiB", std::int64_t{4} << 30},
      {"1.5Ki", 1536},
      {"64M", 64000000},
      {"3k", 3000},
      {"1e18", 1000000000000000000},
      {"9223372036854775807", 9223372036854775807},
      {"10e-1", 1},
      {"0e99", 0}};
  for (const auto& [text, value] : cases) {
    EXPECT_EQ(parse_count(text), value) << text;
  }
}

TEST(ParseCount, RefusesWhatIsNotAWholeCount) {
  for (const char* text : {"", "-1", "1.5", "abc", "1e", "4Gx", "1__0", "_1", "1_", "1e19",
                           "9223372036854775808", "9e99999999999", "1 0", "nan", "0x10", "1e-1"}) {
    EXPECT_THROW(parse_count(text), Error) << text;
  }
}

TEST(Format, PicksTheUnitThatFits) {
  EXPECT_EQ(format_bytes(12), "12 B");
  EXPECT_EQ(format_bytes(40.0 * (1LL << 30)), "40.0 GiB");
  EXPECT_EQ(format_seconds(1.234e-3), "1.23 ms");
  EXPECT_EQ(format_seconds(12.34), "12.3 s");
}

}  // namespace
}  // namespace scalelaw
