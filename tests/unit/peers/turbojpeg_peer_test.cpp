// libjpeg-turbo behind the kernel's record: its strips are put together as the same files.
#include <gtest/gtest.h>

#include "peers/native/turbojpeg_kernel.hpp"

namespace scalelaw::driver {
namespace {

using Ours = ImageCompression;
using Theirs = TurbojpegCompression;

/// The result of a kernel whose items are computed in parts that end at `cuts`.
template <class K>
typename K::Result computed(const Ours::Params& params, const std::vector<std::int64_t>& cuts) {
  const Range all{0, K::items(params)};
  typename K::Storage storage = K::allocate(params, all);
  K::fill(params, storage, all);
  const typename K::Shared shared = K::prepare(params);
  typename K::Partial whole;
  std::int64_t begin = 0;
  for (const std::int64_t end : cuts) {
    typename K::Workspace workspace;
    typename K::Partial part;
    K::compute(params, shared, storage, {begin, end}, workspace, part);
    K::merge(whole, std::move(part));
    begin = end;
  }
  return K::finish(params, std::move(whole));
}

std::string text(const std::vector<Fact>& facts) {
  std::string out;
  for (const Fact& fact : facts) out += fact.name + "=" + fact.value + " ";
  return out;
}

TEST(TurbojpegPeer, MakesTheSameFilesHoweverTheyAreCut) {
  for (const Subsampling subsampling : {Subsampling::s444, Subsampling::s420}) {
    Ours::Params params;
    params.images = 2;
    params.width = 70;
    params.height = 90;
    params.subsampling = subsampling;
    const std::int64_t items = Ours::items(params);
    const std::string expected = text(Ours::facts(params, computed<Ours>(params, {items})));
    using Cuts = std::vector<std::int64_t>;
    for (const Cuts& cuts : {Cuts{items}, Cuts{1, items}, Cuts{items / 2, items},
                             Cuts{3, items - 2, items - 1, items}}) {
      const Theirs::Result result = computed<Theirs>(params, cuts);
      EXPECT_EQ(expected, text(Theirs::facts(params, result)));
      EXPECT_EQ("", Theirs::verify(params, result));
    }
  }
}

TEST(TurbojpegPeer, OtherFilesAreNoticed) {
  Ours::Params params;
  params.images = 1;
  params.width = params.height = 64;
  Ours::Params other = params;
  other.quality = params.quality / 2;
  const std::int64_t items = Ours::items(params);
  EXPECT_NE("", Theirs::verify(params, computed<Theirs>(other, {items})));
  Theirs::Result incomplete = computed<Theirs>(params, {1, items});
  incomplete.strips.pop_back();
  EXPECT_THROW(Theirs::verify(params, incomplete), Error);
}

}  // namespace
}  // namespace scalelaw::driver
