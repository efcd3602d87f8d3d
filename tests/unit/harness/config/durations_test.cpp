// Every key that is a time or a factor of one: infinite, huge, negative, no number at all.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "common/error.hpp"
#include "harness/config/parse.hpp"

namespace scalelaw::harness {
namespace {

struct DurationKey {
  std::string table, key;
  std::function<double(const Campaign&)> read;
  bool may_be_infinite = false;
};

const std::vector<DurationKey>& duration_keys() {
  static const std::vector<DurationKey> keys{
      {"measuring", "timeout_s", [](const Campaign& c) { return c.measuring.timeout_s; }, true},
      {"measuring", "budget_s", [](const Campaign& c) { return c.measuring.budget_s; }, true},
      {"measuring.gate", "spin_s", [](const Campaign& c) { return c.measuring.gate.spin_s; }},
      {"slurm", "margin", [](const Campaign& c) { return c.slurm.margin; }, true},
      {"slurm", "end_s", [](const Campaign& c) { return static_cast<double>(c.slurm.end_s); }}};
  return keys;
}

Campaign campaign_with(const DurationKey& key, const std::string& value) {
  return parse_campaign("[campaign]\nname = \"c\"\n[" + key.table + "]\n" + key.key + " = " +
                            value + "\n[[experiment]]\nkernel = \"dot_product\"\n",
                        "x.toml");
}

TEST(Durations, TakeNoNumberThatIsNoTime) {
  for (const DurationKey& key : duration_keys()) {
    for (const char* value : {"nan", "-nan", "-1", "-inf", "0", "\"long\"", "true"}) {
      EXPECT_THROW((void)campaign_with(key, value), Error) << key.key << " = " << value;
    }
  }
}

TEST(Durations, AreInfiniteOrHugeWhereThatMakesSense) {
  for (const DurationKey& key : duration_keys()) {
    for (const char* value : {"inf", "1e10", "1e18", "1e300"}) {
      if (key.may_be_infinite) {
        EXPECT_EQ(key.read(campaign_with(key, value)), std::strtod(value, nullptr)) << key.key;
      } else {
        EXPECT_THROW((void)campaign_with(key, value), Error) << key.key << " = " << value;
      }
    }
  }
}

TEST(Durations, OfSlurmAreWhatSbatchTakes) {
  const DurationKey time{"slurm", "time", {}, false};
  for (const char* good : {"5", "5:30", "1:00:00", "2-12", "2-12:30", "2-12:30:00", "UNLIMITED"}) {
    EXPECT_EQ(campaign_with(time, "\"" + std::string(good) + "\"").slurm.time, good);
  }
  for (const char* bad :
       {"-5", "5:", "::", "1-", "1:2:3:4", "1e3", "inf", "nan", "5 min", "9999999999"}) {
    EXPECT_THROW((void)campaign_with(time, "\"" + std::string(bad) + "\""), Error) << bad;
  }
  EXPECT_THROW((void)campaign_with(time, "inf"), Error);
}

}  // namespace
}  // namespace scalelaw::harness
