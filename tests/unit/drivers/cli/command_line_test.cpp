// Options that are made of a kernel's fields, and those of every driver.
#include "drivers/cli/command_line.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace scalelaw::driver {
namespace {

using Words = std::vector<std::string>;

enum class Fruit { apple, pear };
constexpr auto enum_names(Fruit) {
  return std::array<std::string_view, 2>{"apple", "pear"};
}

/// A field of every type.
struct Params {
  std::int64_t size = 100;
  std::int64_t few = 3;
  double share = 0.5;
  bool twice = false;
  std::string input = "none";
  Fruit fruit = Fruit::apple;
  std::int64_t seed = 1;

  static constexpr auto fields() {
    using P = Params;
    return std::tuple{Field<P, std::int64_t>{"size", &P::size, "how much", 1},
                      Field<P, std::int64_t>{"few", &P::few, "a few", 0, 10},
                      Field<P, double>{"share", &P::share, "a share"},
                      Field<P, bool>{"twice", &P::twice, "two times"},
                      Field<P, std::string>{"input", &P::input, "a file"},
                      Field<P, Fruit>{"the_fruit", &P::fruit, "which"},
                      Field<P, std::int64_t>{"seed", &P::seed, "a seed"}};
  }
};

void parse(CLI::App& app, Words words) {
  std::reverse(words.begin(), words.end());  // as CLI11 takes them
  app.parse(words);
}

Params params_of(const Words& words) {
  CLI::App app;
  Params params;
  add_fields(app, params);
  parse(app, words);
  return params;
}

Options options_of(const Words& words) {
  CLI::App app;
  Options options;
  add_contract_options(app, options);
  parse(app, words);
  return options;
}

/// What is said of a command line that is refused; "accepted" when it is not.
template <class F>
std::string refusal(F&& read) {
  try {
    (void)read();
  } catch (const CLI::ParseError& error) {
    EXPECT_NE(error.get_exit_code(), 0);
    return error.what();
  }
  return "accepted";
}
std::string params_refusal(const Words& words) {
  return refusal([&] { return params_of(words); });
}
std::string options_refusal(const Words& words) {
  return refusal([&] { return options_of(words); });
}

TEST(OptionName, HasDashes) {
  EXPECT_EQ(option_name("size"), "--size");
  EXPECT_EQ(option_name("l1_bytes_of_it"), "--l1-bytes-of-it");
  EXPECT_EQ(braces({}), "{}");
  EXPECT_EQ(braces({"a", "b"}), "{a,b}");
}

TEST(AddFields, LeavesDefaultsAsTheyAre) {
  const Params params = params_of({});
  EXPECT_EQ(fields_to_json(params), fields_to_json(Params{}));
}

TEST(AddFields, ReadsEveryType) {
  const Params params = params_of({"--size", "4Ki", "--few=10", "--share", "0.25", "--twice",
                                   "--input", "a b", "--the-fruit", "pear"});
  EXPECT_EQ(fields_to_json(params), (nlohmann::json{{"size", 4096},
                                                    {"few", 10},
                                                    {"share", 0.25},
                                                    {"twice", true},
                                                    {"input", "a b"},
                                                    {"the_fruit", "pear"},
                                                    {"seed", 1}}));
}

TEST(AddFields, ReadsCountsAsPeopleWriteThem) {
  for (const auto& [text, value] : {std::pair{"1e3", 1000},
                                    {"10_000", 10'000},
                                    {"64M", 64'000'000},
                                    {"1.5e3", 1500},
                                    {"+7", 7},
                                    {"4kB", 4000}}) {
    EXPECT_EQ(params_of({"--size", text}).size, value) << text;
  }
}

TEST(AddFields, RefusesCountsThatAreNone) {
  for (const auto& [text, why] : {std::pair{"1.5", "not a whole number"},
                                  {"many", "not a number"},
                                  {"-3", "negative"},
                                  {"1e30", "too large"},
                                  {"", "not a number"},
                                  {"3 4", "not a number"},
                                  {"0x10", "not a number"}}) {
    const std::string said = params_refusal({std::string("--size=") + text});
    EXPECT_NE(said, "accepted") << text;
    EXPECT_TRUE(*text == '\0' || said.find(why) != std::string::npos) << said;
  }
}

TEST(AddFields, HoldsCountsWithinTheirBounds) {
  EXPECT_EQ(params_refusal({"--size", "1"}), "accepted");
  EXPECT_EQ(params_refusal({"--size", "0"}), "--size: 0 is too small; it must be at least 1");
  EXPECT_EQ(params_refusal({"--few", "0"}), "accepted");
  EXPECT_EQ(params_refusal({"--few", "10"}), "accepted");
  EXPECT_EQ(params_refusal({"--few", "11"}), "--few: 11 is outside 0 .. 10");
}

TEST(AddFields, NamesTheChoices) {
  const std::string said = params_refusal({"--the-fruit", "plum"});
  for (const char* part : {"--the-fruit", "plum", "apple", "pear"}) {
    EXPECT_NE(said.find(part), std::string::npos) << said;
  }
  EXPECT_NE(params_refusal({"--the-fruit", "PEAR"}), "accepted");
}

TEST(AddFields, RefusesOptionsThatNobodyHas) {
  EXPECT_NE(params_refusal({"--colour", "red"}), "accepted");
  EXPECT_NE(params_refusal({"word"}), "accepted");
  EXPECT_NE(params_refusal({"--size"}), "accepted") << "a value is missing";
  EXPECT_NE(params_refusal({"--share", "half"}), "accepted");
  EXPECT_NE(params_refusal({"--seed", "3"}), "accepted") << "the seed is an option of every driver";
  EXPECT_NE(params_refusal({"--the_fruit", "pear"}), "accepted") << "options have dashes";
}

TEST(AddFields, ShowsDefaultsAndChoicesInTheHelp) {
  CLI::App app;
  Params params;
  add_fields(app, params);
  const std::string help = app.help();
  for (const char* part :
       {"--size COUNT", "100", "--the-fruit {apple,pear}", "--twice", "a share"}) {
    EXPECT_NE(help.find(part), std::string::npos) << part << "\n" << help;
  }
}

TEST(DescribeFields, SaysOfEachWhatItTakes) {
  using nlohmann::json;
  EXPECT_EQ(
      describe_fields<Params>(),
      (json{
          {{"name", "size"}, {"type", "count"}, {"default", 100}, {"help", "how much"}, {"min", 1}},
          {{"name", "few"},
           {"type", "count"},
           {"default", 3},
           {"help", "a few"},
           {"min", 0},
           {"max", 10}},
          {{"name", "share"}, {"type", "number"}, {"default", 0.5}, {"help", "a share"}},
          {{"name", "twice"}, {"type", "bool"}, {"default", false}, {"help", "two times"}},
          {{"name", "input"}, {"type", "text"}, {"default", "none"}, {"help", "a file"}},
          {{"name", "the_fruit"},
           {"type", "choice"},
           {"default", "apple"},
           {"help", "which"},
           {"choices", {"apple", "pear"}}},
          {{"name", "seed"}, {"type", "count"}, {"default", 1}, {"help", "a seed"}}}));
}

TEST(ContractOptions, HaveTheDocumentsDefaults) {
  const Options options = options_of({});
  EXPECT_EQ(options.warmups, 1);
  EXPECT_EQ(options.samples, 5);
  EXPECT_EQ(options.diagnostics, 0);
  EXPECT_EQ(options.batch, 0) << "automatic";
  EXPECT_EQ(options.threads, 0);
  EXPECT_EQ(options.seed, 1);
  EXPECT_EQ(options.record, "");
  EXPECT_FALSE(options.describe || options.check);
}

TEST(ContractOptions, AreRead) {
  const Options options = options_of({"--warmups", "0", "--samples", "1e2", "--diagnostics", "2",
                                      "--batch", "7", "--threads", "16384", "--seed", "0",
                                      "--record", "r.jsonl", "--describe", "--check"});
  EXPECT_EQ(options.warmups, 0);
  EXPECT_EQ(options.samples, 100);
  EXPECT_EQ(options.diagnostics, 2);
  EXPECT_EQ(options.batch, 7);
  EXPECT_EQ(options.threads, most_threads);
  EXPECT_EQ(options.seed, 0);
  EXPECT_EQ(options.record, "r.jsonl");
  EXPECT_TRUE(options.describe && options.check);
  EXPECT_EQ(options_of({"--batch", "auto"}).batch, 0);
  EXPECT_EQ(options_of({"--batch", "0"}).batch, 0);
}

TEST(ContractOptions, AreBounded) {
  for (const Words& words :
       {Words{"--samples", "0"}, Words{"--samples", "1000000001"}, Words{"--warmups", "-1"},
        Words{"--diagnostics", "1.5"}, Words{"--batch", "-1"}, Words{"--batch", "few"},
        Words{"--batch", "1000000001"}, Words{"--threads", "16385"}, Words{"--seed", "-1"},
        Words{"--report", "r.jsonl"}}) {
    EXPECT_NE(options_refusal(words), "accepted") << words[0] << " " << words[1];
  }
  EXPECT_EQ(options_refusal({"--threads", "16385"}), "--threads: 16385 is outside 0 .. 16384");
}

TEST(AddChoice, OffersNoMoreThanItIsTold) {
  CLI::App app;
  Fruit fruit = Fruit::apple;
  add_choice(app, "the_fruit", fruit, "which", {"apple"});
  EXPECT_THROW(parse(app, {"--the-fruit", "pear"}), CLI::ParseError);
  EXPECT_NE(app.help().find("{apple}"), std::string::npos);
}

}  // namespace
}  // namespace scalelaw::driver
