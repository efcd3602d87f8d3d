#include "kernels/numerics/tuning.hpp"

#include <gtest/gtest.h>

namespace scalelaw {
namespace {

using Vendor = Processor::Vendor;

std::string_view name_of(const Processor& processor) {
  const ProcessorFamily* const family = family_of(processor);
  return family == nullptr ? "none" : family->name;
}

TEST(Tuning, KnowsTheFamiliesThatWereMeasured) {
  EXPECT_EQ(name_of({Vendor::amd, 0x19, 0x01}), "zen3");
  EXPECT_EQ(name_of({Vendor::amd, 0x19, 0x50}), "zen3");
  EXPECT_EQ(name_of({Vendor::amd, 0x19, 0x11}), "zen4");
  EXPECT_EQ(name_of({Vendor::amd, 0x19, 0x61}), "zen4");
  EXPECT_EQ(name_of({Vendor::intel, 6, 0x8f}), "sapphire_rapids");
}

TEST(Tuning, KnowsNoOtherFamily) {
  EXPECT_EQ(name_of({Vendor::amd, 0x17, 0x01}), "none");
  EXPECT_EQ(name_of({Vendor::amd, 0x1a, 0x01}), "none");
  EXPECT_EQ(name_of({Vendor::intel, 0x19, 0x01}), "none");
  EXPECT_EQ(name_of({Vendor::intel, 6, 0x6a}), "none");
  EXPECT_EQ(name_of({}), "none");
}

TEST(Tuning, TakesTheVendorsTableForOtherProcessors) {
  const Tuning& measured = table_tuning({Vendor::intel, 6, 0x8f});
  EXPECT_EQ(&table_tuning({Vendor::intel, 6, 0x6a}), &table_tuning({Vendor::intel, 6, 0x9a}));
  EXPECT_EQ(table_tuning({Vendor::intel, 6, 0x6a})[StreamLoop::dot_f32],
            measured[StreamLoop::dot_f32]);
  EXPECT_EQ(table_tuning({})[StreamLoop::dot_f32].ahead, 256);
}

TEST(Tuning, HasPlacesOnlyWhereALoopHasThem) {
  for (const Processor& processor :
       {Processor{Vendor::amd, 0x19, 0x01}, Processor{Vendor::amd, 0x19, 0x11},
        Processor{Vendor::intel, 6, 0x8f}}) {
    for (std::size_t i = 0; i < stream_loops; ++i) {
      const auto loop = static_cast<StreamLoop>(i);
      const Streaming streaming = table_tuning(processor)[loop];
      EXPECT_GE(streaming.places, 1);
      EXPECT_LE(streaming.places, has_places(loop) ? most_places : 1) << i;
    }
  }
}

TEST(Tuning, HasPlacesInLoopsOverOneLineOfMemory) {
  for (std::size_t i = 0; i < stream_loops; ++i) {
    const auto loop = static_cast<StreamLoop>(i);
    const std::string_view name = enum_names(loop)[i];
    EXPECT_EQ(has_places(loop), name == "read" || name.starts_with("mean_line_")) << name;
  }
}

TEST(Tuning, IsSelectedForOneLoop) {
  const Streaming before = streaming_of(StreamLoop::dot_f32);
  const Streaming other = streaming_of(StreamLoop::dot_f64);
  select_streaming(StreamLoop::dot_f32, {.ahead = 12345});
  EXPECT_EQ(streaming_of(StreamLoop::dot_f32).ahead, 12345);
  EXPECT_EQ(streaming_of(StreamLoop::dot_f64), other);
  select_streaming(StreamLoop::dot_f32, before);
}

}  // namespace
}  // namespace scalelaw
