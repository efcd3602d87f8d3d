// Each input that a fuzzer began with, or found, is read without a fault: also by GCC, without a fuzzer.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "common/error.hpp"
#include "fuzz/fuzz.hpp"
#include "fuzz_targets.hpp"

namespace scalelaw::fuzz {
namespace {

namespace fs = std::filesystem;

const fs::path corpora = SCALELAW_SOURCE_DIR "/tests/fuzz/corpus";

std::string name_of(const testing::TestParamInfo<Target>& target) {
  return target.param.name;
}

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, IsReadOrRefused) {
  int inputs = 0;
  for (const auto& entry : fs::directory_iterator(corpora / GetParam().name)) {
    std::ostringstream bytes;
    bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    EXPECT_NO_THROW(GetParam().run(bytes.str())) << entry.path();
    ++inputs;
  }
  EXPECT_GT(inputs, 0);
}

INSTANTIATE_TEST_SUITE_P(Targets, Corpus, testing::ValuesIn(targets), name_of);

TEST(FuzzRules, AllowARefusalWithARemedyAlone) {
  EXPECT_NO_THROW(refusable([] { throw Error("'x' is no number", "write one"); }));
  EXPECT_THROW(refusable([] { throw Error("'x' is no number"); }), std::logic_error);
  EXPECT_THROW(refusable([] { throw Error("[json.exception.type_error.302]", "?"); }),
               std::logic_error);
  EXPECT_THROW(refusable([] { throw std::out_of_range("x"); }), std::out_of_range);
}

}  // namespace
}  // namespace scalelaw::fuzz
