#include "harness/store/samples_json.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "common/error.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

std::vector<Sample> two_samples() {
  std::vector<Sample> out(2);
  for (Sample& sample : out) sample.ranks.resize(2);
  return out;
}

TEST(SamplesAsJson, GiveBackWhatTheyHold) {
  const std::vector<Sample> samples = two_samples();
  const std::vector<Sample> again = samples_from_json(samples_to_json(samples));
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[1].ranks.size(), 2U);
}

TEST(SamplesAsJson, RefuseCountsThatNoLaunchHas) {
  const json good = samples_to_json(two_samples());
  for (const json& count : {json(-1), json(1e18), json(std::int64_t{1} << 40)}) {
    json bad = good;
    bad["count"] = count;
    EXPECT_THROW(samples_from_json(bad), Error) << count;
    bad = good;
    bad["ranks"] = {{"each", count}};
    EXPECT_THROW(samples_from_json(bad), Error) << count;
  }
}

}  // namespace
}  // namespace scalelaw::harness
