#include "kernels/image_compression/encoded_bytes.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "kernels/numerics/shareable_memory.hpp"

namespace scalelaw {
namespace {

std::string text_of(const EncodedBytes& bytes) {
  std::string out;
  for (const auto chunk : bytes.chunks()) {
    out.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
  }
  return out;
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(EncodedBytes, WriteNothingIntoAView) {
  std::array<std::byte, 3> others{std::byte{'d'}, std::byte{'e'}, std::byte{'f'}};
  {
    EncodedBytes list;
    list.append(bytes_of("abc"));
    list.append_view(others);
    list.append_view({});
    list.append(bytes_of("ghi"));
    EXPECT_EQ(text_of(list), "abcdefghi");
    EXPECT_EQ(list.size(), 9);
    EXPECT_EQ(list.chunks()[1].data(), others.data()) << "a copy";
    EncodedBytes joined;
    joined.append(std::move(list));
    EXPECT_EQ(text_of(joined), "abcdefghi");
  }
  for (int i = 0; i < 3; ++i) {  // what belongs to others is not reused
    EncodedBytes next;
    std::memset(next.append_space(3).data(), 'x', 3);
  }
  EXPECT_EQ(others[0], std::byte{'d'});
}

TEST(EncodedBytes, LieInShareableMemoryWhenAsked) {
  const auto place_of_new_chunk = [] {
    EncodedBytes list;
    return shareable_memory().offset_of(list.append_space(100).data());
  };
  EXPECT_FALSE(place_of_new_chunk().has_value());
  EncodedBytes::use_shareable_memory();
  const auto first = place_of_new_chunk();
  EXPECT_TRUE(first.has_value());
  EXPECT_EQ(place_of_new_chunk(), first) << "not reused";
}

}  // namespace
}  // namespace scalelaw
