#include "kernels/numerics/buffer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

#include "common/error.hpp"

namespace scalelaw {
namespace {

TEST(Buffer, IsZeroAndAlignedAndOfTheSizeAskedFor) {
  for (const std::int64_t bytes : {std::int64_t{1}, std::int64_t{5000}, std::int64_t{5} << 20}) {
    const Buffer buffer(bytes);
    EXPECT_EQ(buffer.size(), bytes);
    const auto address = reinterpret_cast<std::uintptr_t>(buffer.data());
    EXPECT_EQ(address % (bytes > (2 << 20) ? 2 << 20 : 4096), 0);
    EXPECT_EQ(buffer.as<char>()[0], 0);
    buffer.as<char>()[bytes - 1] = 1;
  }
}

TEST(Buffer, OfNothingHoldsNothing) {
  EXPECT_EQ(Buffer(0).data(), nullptr);
}

TEST(Buffer, Moves) {
  Buffer a(100);
  a.as<char>()[7] = 42;
  Buffer b(std::move(a));
  Buffer c;
  c = std::move(b);
  EXPECT_EQ(c.as<char>()[7], 42);
  EXPECT_EQ(c.size(), 100);
}

#ifdef __SANITIZE_ADDRESS__
TEST(BufferDeathTest, AddressSanitizerSeesWhoReadsBehindIt) {
  for (const std::int64_t bytes : {std::int64_t{5001}, std::int64_t{8192}, std::int64_t{5} << 20}) {
    const Buffer buffer(bytes);
    EXPECT_DEATH(buffer.as<char>()[bytes] = 1, "use-after-poison");
  }
}
#endif

TEST(Buffer, ThatIsFarTooLargeIsAnErrorWithARemedy) {
  try {
    const Buffer buffer(std::int64_t{1} << 60);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("memory"), std::string::npos);
    EXPECT_FALSE(error.hint().empty());
  }
}

}  // namespace
}  // namespace scalelaw
