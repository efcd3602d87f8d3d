#include "common/usage_fault.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace scalelaw {
namespace {

/// The fault of `program WORDS...`, where a program has the kernel 'sieve' with the options --limit,
/// a text, --share, a number, and --overlap, a flag.
Error fault_of(std::vector<std::string> words) {
  CLI::App app("", "program");
  std::string limit;
  double share = 0;
  bool overlap = false;
  CLI::App* const sieve = app.add_subcommand("sieve");
  sieve->add_option("--limit", limit);
  sieve->add_option("--share", share);
  sieve->add_flag("--overlap", overlap);
  app.require_subcommand(1);
  std::reverse(words.begin(), words.end());  // as CLI11 wants them
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return usage_fault(app, error, "kernel");
  }
  return Error("understood");
}

TEST(UsageFault, NamesAnUnknownOptionAndTheOneThatWasMeant) {
  const Error fault = fault_of({"sieve", "--limti", "5"});
  EXPECT_STREQ(fault.what(), "unknown option '--limti'");
  EXPECT_EQ(fault.hint(), "did you mean '--limit'? see program sieve --help");
  EXPECT_EQ(fault_of({"sieve", "--frobnicate=7"}).hint(), "see program sieve --help");
}

TEST(UsageFault, NamesAnUnknownSubcommand) {
  EXPECT_STREQ(fault_of({"seive"}).what(), "unknown kernel 'seive'");
  EXPECT_EQ(fault_of({"seive"}).hint(), "did you mean 'sieve'?");
  EXPECT_EQ(fault_of({"frobnicate", "--limit", "3"}).hint(), "choose one of: sieve");
}

TEST(UsageFault, NamesAWordTooMany) {
  EXPECT_STREQ(fault_of({"sieve", "7"}).what(), "unexpected argument '7'");
}

TEST(UsageFault, SaysWhatAValueMustBe) {
  EXPECT_STREQ(fault_of({"sieve", "--share", "half"}).what(), "--share: 'half' is not a number");
  EXPECT_EQ(fault_of({"sieve", "--share", "half"}).hint(), "see program sieve --help");
  EXPECT_STREQ(fault_of({"sieve", "--limit"}).what(), "'--limit' needs a value");
  const Error of_flag = fault_of({"sieve", "--overlap=maybe"});
  EXPECT_STREQ(of_flag.what(), "'--overlap' takes no value, and 'maybe' is given");
  EXPECT_EQ(of_flag.hint(), "write --overlap alone, or omit it");
}

TEST(UsageFault, SaysWhatCli11SaysOfTheRest) {
  EXPECT_STREQ(fault_of({}).what(), "no kernel is given");
  EXPECT_STREQ(fault_of({"sieve", "--limit", "3"}).what(), "understood");
}

}  // namespace
}  // namespace scalelaw
