// --filter KEY=VALUE.
#include "harness/commands/filters.hpp"

#include <gtest/gtest.h>

#include "support/message.hpp"

namespace scalelaw::harness {
namespace {

Point point() {
  Point point;
  point.experiment = "morning";
  point.kernel = "dot_product";
  point.implementation = "openblas";
  point.model = {.name = "serial", .title = "serial"};
  point.scaling = Scaling::weak;
  point.placement = {2, 3, 4};
  return point;
}

TEST(Passes, EachKey) {
  for (const char* filter :
       {"kernel=dot_product", "model=serial", "scaling=weak", "experiment=morning",
        "implementation=openblas", "nodes=2", "ranks=3", "threads=4", "workers=24"}) {
    EXPECT_TRUE(passes(point(), {filter})) << filter;
    const std::string other = std::string(filter) + "0";
    EXPECT_FALSE(passes(point(), {other})) << other;
    const std::string none(filter, std::string(filter).find('=') + 1);
    EXPECT_FALSE(passes(point(), {none})) << none;
  }
}

TEST(Passes, OnlyWhatPassesEveryFilter) {
  EXPECT_TRUE(passes(point(), {}));
  EXPECT_TRUE(passes(point(), {"kernel=dot_product", "nodes=2"}));
  EXPECT_FALSE(passes(point(), {"kernel=dot_product", "nodes=1"}));
  EXPECT_FALSE(passes(point(), {"nodes=1", "kernel=dot_product"}));
}

TEST(Passes, RefusesWhatIsNoFilter) {
  EXPECT_EQ(message_of([] { (void)passes(point(), {"kernel"}); }), "'kernel' is not a filter");
  EXPECT_EQ(message_of([] { (void)passes(point(), {""}); }), "'' is not a filter");
  EXPECT_EQ(message_of([] { (void)passes(point(), {"size=3"}); }), "'size=3' is not a filter");
  EXPECT_EQ(message_of([] { (void)passes(point(), {"=3"}); }), "'=3' is not a filter");
}

TEST(Passes, ComparesAValueWithEqualsSigns) {
  Point odd = point();
  odd.experiment = "a=b";
  EXPECT_TRUE(passes(odd, {"experiment=a=b"}));
  EXPECT_FALSE(passes(odd, {"experiment=a"}));
}

/// The hint of the Error for this filter.
std::string hint_for(const std::string& filter) {
  try {
    (void)passes(point(), {filter});
  } catch (const Error& error) {
    return error.hint();
  }
  return "no error";
}

TEST(Passes, SaysWhatWasMeantOrWhichKeysThereAre) {
  EXPECT_EQ(hint_for("kernl=dot_product"), "did you mean 'kernel'?");
  for (const char* filter : {"kernl", "colour=blue"}) {
    EXPECT_NE(hint_for(filter).find("keys: experiment, implementation, kernel, "),
              std::string::npos)
        << hint_for(filter);
  }
}

}  // namespace
}  // namespace scalelaw::harness
