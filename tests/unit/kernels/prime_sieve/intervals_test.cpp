#include <gtest/gtest.h>

#include "kernels/prime_sieve/prime_sieve.hpp"

namespace scalelaw {
namespace {

struct Interval {
  std::int64_t from, limit, count, twins;
};

/// Random intervals from 10^6 to 10^18, counted by libprimesieve 11.0.
constexpr Interval intervals[] = {
    {547180, 626456, 5980, 600},
    {1767073, 1820297, 3704, 349},
    {2326020, 2414823, 6041, 552},
    {8263773, 8477023, 13331, 1103},
    {8558686, 8612818, 3423, 305},
    {32390297, 32639023, 14433, 1063},
    {36838078, 37073694, 13521, 1054},
    {113154447, 113259209, 5582, 383},
    {243566389, 243742324, 9099, 627},
    {491184309, 491232924, 2380, 154},
    {819119490, 819377500, 12477, 804},
    {1933589688, 1933697872, 5124, 309},
    {3512673389, 3512691791, 840, 53},
    {8990919288, 8990963198, 1921, 99},
    {18376376883, 18376525505, 6300, 349},
    {34954899975, 34955034604, 5564, 312},
    {76926055050, 76926116758, 2483, 144},
    {93085169977, 93085310253, 5543, 270},
    {223582806936, 223582922105, 4373, 186},
    {500339003625, 500339032992, 1081, 48},
    {1415853691913, 1415853849591, 5548, 271},
    {2489939907996, 2489940084083, 6192, 287},
    {4115394344139, 4115394578700, 8162, 403},
    {6526945961730, 6526946105282, 4879, 206},
    {17508382028435, 17508382255400, 7466, 317},
    {45380222637679, 45380222850423, 6845, 299},
    {53558288996396, 53558289059854, 1954, 98},
    {133045121041824, 133045121266508, 6928, 280},
    {341358731164603, 341358731225604, 1858, 72},
    {457872685583549, 457872685610725, 826, 36},
    {1259363465670260, 1259363465899079, 6630, 250},
    {3157405633911294, 3157405634001643, 2496, 89},
    {4071697701952752, 4071697702012957, 1673, 63},
    {8665049419918162, 8665049420072030, 4229, 159},
    {28913721458884880, 28913721459050203, 4385, 163},
    {39022151018638528, 39022151018849342, 5493, 184},
    {62521896274863752, 62521896275141808, 7156, 240},
    {150740248948898592, 150740248948927093, 737, 25},
    {286613498573954016, 286613498574040050, 2104, 66},
    {941227074943188608, 941227074943427277, 5850, 186},
};

TEST(PrimeSieve, CountsRandomIntervalsUpToTheLargestLimit) {
  for (const Interval& interval : intervals) {
    PrimeSieve::Params params;
    params.from = interval.from;
    params.limit = interval.limit;
    params.twins = true;
    const auto shared = PrimeSieve::prepare(params);
    PrimeSieve::Workspace workspace;
    PrimeSieve::Partial partial;
    PrimeSieve::compute(params, shared, {}, {0, PrimeSieve::items(params)}, workspace, partial);
    const auto result = PrimeSieve::finish(params, PrimeSieve::Partial(partial));
    EXPECT_EQ(result.count, interval.count) << interval.from << " to " << interval.limit;
    EXPECT_EQ(result.twins, interval.twins) << interval.from << " to " << interval.limit;
  }
}

}  // namespace
}  // namespace scalelaw
