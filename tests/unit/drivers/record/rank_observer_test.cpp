#include "drivers/record/rank_observer.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "drivers/team/affinity.hpp"
#include "support/pretended_comm.hpp"

namespace scalelaw::driver {
namespace {

using nlohmann::json;

TEST(RankObserver, TellsWhatWasSeenOfOnePass) {
  SerialTeam team;
  PretendedComm comm(1);
  RankObserver observer(team, comm, thread_affinity(team), 1);
  observer.begin();
  const json seen = observer.end(4);
  EXPECT_GT(seen.at("peak_bytes"), 0);
  EXPECT_GE(seen.at("involuntary_switches"), 0);
  EXPECT_GE(seen.at("major_faults"), 0);
  for (const auto& [name, value] : seen.items()) EXPECT_TRUE(value.is_number()) << name;
  const json header = observer.header_part();
  EXPECT_EQ(header.at("observed").at("usage"), "this process");
  for (const char* way : {"steal", "queue", "counters", "energy"}) {
    EXPECT_NE(header.at("observed").contains(way), header.at("unobserved").contains(way)) << way;
  }
}

TEST(RankObserver, OmitsWhatIsTooSlowBesideASample) {
  EXPECT_FALSE(is_too_slow(0.05, 1));
  EXPECT_TRUE(is_too_slow(0.0501, 1));
  SerialTeam team;
  PretendedComm comm(1);  // a look takes about a microsecond by its clock
  const RankObserver observer(team, comm, thread_affinity(team), 1e-5);
  const json header = observer.header_part();
  EXPECT_TRUE(header.at("observed").empty()) << header;
  EXPECT_NE(header.at("unobserved").at("usage").get<std::string>().find("too long beside"),
            std::string::npos)
      << header;
}

TEST(RankObserver, OmitsTheSlowWaysWhereTheLengthOfASampleIsNotKnown) {
  SerialTeam team;
  PretendedComm comm(1);
  const RankObserver known(team, comm, thread_affinity(team), 1);
  const RankObserver observer(team, comm, thread_affinity(team),
                              std::numeric_limits<double>::infinity());
  const json header = observer.header_part();
  EXPECT_TRUE(header.at("observed").contains("usage")) << header;
  for (const char* way : {"steal", "counters"}) {
    EXPECT_FALSE(header.at("observed").contains(way)) << way;
    if (!known.header_part().at("observed").contains(way)) continue;
    EXPECT_EQ(header.at("unobserved").at(way), "the length of a sample is not known before it");
  }
}

TEST(RankObserver, OmitsOnAllRanksWhatIsTooSlowOnOne) {
  SerialTeam team;
  PretendedComm comm(2);
  comm.others = {json{{"host", "b"}, {"costs", {{"usage", 0.5}}}}.dump()};
  const RankObserver observer(team, comm, thread_affinity(team), 1);
  EXPECT_TRUE(observer.header_part().at("unobserved").contains("usage"));
}

}  // namespace
}  // namespace scalelaw::driver
