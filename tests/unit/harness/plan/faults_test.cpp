#include "harness/plan/faults.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/error.hpp"
#include "harness/plan/file_check.hpp"

namespace scalelaw::harness {
namespace {

using namespace std::string_literals;

TEST(Faults, AreNamedTogetherWithTheirRemediesAndOnceEach) {
  EXPECT_NO_THROW(throw_faults({}));
  const auto message = [](const std::vector<Error>& faults) -> std::string {
    try {
      throw_faults(faults);
    } catch (const Error& error) {
      return std::string(error.what()) + "|" + error.hint();
    }
    return "none";
  };
  const Error a("a", "do b"), c("c\nd");
  EXPECT_EQ(message({a, a}), "a|do b");
  EXPECT_EQ(message({a, c, a}), "2 faults:\n    a\n      hint: do b\n    c\n    d|");
}

TEST(Complaints, OfADriverAreTakenApart) {
  const std::vector<Error> found = parse_complaints(
      "scalelaw-serial: one:\n    x.png: bad\n  hint: leave it\nscalelaw-serial: two\n",
      "scalelaw-serial");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].what(), "one:\n    x.png: bad"s);
  EXPECT_EQ(found[0].hint(), "leave it");
  EXPECT_EQ(found[1].what(), "two"s);
  EXPECT_EQ(found[1].hint(), "");
  EXPECT_EQ(parse_complaints("terminate called\n", "scalelaw-serial").at(0).what(),
            "terminate called"s);
  EXPECT_TRUE(parse_complaints("", "scalelaw-serial").empty());
}

}  // namespace
}  // namespace scalelaw::harness
