// The options of the project's drivers: what goes with what, in the description and on a command
// line.
#include "drivers/cli/driver_options.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/error.hpp"
#include "drivers/cli/command_line.hpp"

namespace scalelaw::driver {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

const Model serial{.name = "serial", .title = "serial"};
const Model threads_alone{.name = "team", .title = "Team", .threaded = true};
const Model ranks_alone{.name = "crowd", .title = "Crowd", .ranked = true};
const Model both{.name = "both", .title = "Both", .ranked = true, .threaded = true};

constexpr KernelOffer plain{};
constexpr KernelOffer with_input{.has_input_files = true};
constexpr KernelOffer streaming{.streams = true};
constexpr KernelOffer with_pipeline{.has_input_files = true, .has_pipeline = true};

std::map<std::string, json> described(const KernelOffer& offer) {
  std::map<std::string, json> out;
  for (const json& one : describe(driver_options(offer))) out[one.at("name")] = one;
  return out;
}

struct Refused {
  std::string what = "accepted", hint{};
};

/// What check_needs() says of these words for a kernel with such an offer, under a model.
Refused check(const Words& given, const Model& model, const KernelOffer& offer = with_pipeline,
              const json& params = json::object()) {
  CLI::App app;
  Options options;
  const auto all = driver_options(offer);
  for (const DriverOption& one : all) one.add(app, options);
  Words words = given;
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
    check_needs(all, app, options, model, params);
  } catch (const Error& error) {
    return {error.what(), error.hint()};
  } catch (const CLI::ParseError& error) {
    return {"not read: " + std::string(error.what())};
  }
  return {};
}

void expect_accepted(const Words& words, const Model& model, const json& params = json::object()) {
  EXPECT_EQ(check(words, model, with_pipeline, params).what, "accepted")
      << model.name << " " << words[0];
}

TEST(DriverOptions, AreDescribedByTypeDefaultAndNeeds) {
  const auto options = described(with_pipeline);
  const json data_mode = {{"option", "mode"}, {"is", {"data"}}};
  const auto expect = [&](const char* name, const json& type, const json& fallback,
                          const json& needs) {
    const json& one = options.at(name);
    EXPECT_EQ(one.at("type"), type) << name;
    EXPECT_EQ(one.at("default"), fallback) << name;
    EXPECT_EQ(one.value("needs", json::array()), needs) << name;
    EXPECT_FALSE(one.at("help").get<std::string>().empty()) << name;
  };
  expect("schedule", "choice", nullptr, {{{"threaded", true}}, data_mode});
  expect("chunk", "count", 0, {{{"threaded", true}}, data_mode});
  expect("mode", "choice", "data", json::array());
  expect("data", "choice", "local",
         {{{"ranked", true}, {"when", {"scatter"}}},
          {{"param", "input"}, {"when", {"file"}}},
          data_mode});
  expect("distribution", "choice", "block", {{{"ranked", true}}, data_mode});
  expect("rank_chunk", "count", 0,
         {{{"ranked", true}},
          {{"any",
            {{{"option", "distribution"}, {"is", {"dynamic"}}},
             {{"option", "overlap"}, {"is", {true}}}}}},
          data_mode});
  expect("overlap", "bool", false,
         {{{"option", "data"}, {"is", {"scatter"}}},
          {{"option", "distribution"}, {"is", {"block"}}},
          data_mode});
  expect("isa", "choice", "auto", json::array());
}

TEST(DriverOptions, AreThoseThatTheKernelOffers) {
  EXPECT_EQ(described(with_pipeline).at("mode").at("choices"), (json{"data", "pipeline"}));
  for (const KernelOffer& offer : {plain, with_input}) {
    const auto options = described(offer);
    EXPECT_FALSE(options.contains("mode"));
    for (const auto& [name, one] : options) {
      for (const json& need : one.value("needs", json::array())) {
        EXPECT_NE(need.value("option", ""), "mode") << name << " needs an option that is not there";
      }
    }
  }
  EXPECT_EQ(described(plain).at("data").at("choices"), (json{"local", "scatter"}));
  EXPECT_EQ(described(with_input).at("data").at("choices"), (json{"local", "scatter", "file"}));
}

TEST(DriverOptions, TuneOnlyKernelsThatStream) {
  const auto options = described(streaming);
  EXPECT_EQ(options.at("tuning").at("choices"), (json{"auto", "table", "calibrate", "given"}));
  EXPECT_EQ(options.at("prefetch_bytes").at("needs"),
            (json::array({{{"option", "tuning"}, {"is", {"given"}}}})));
  EXPECT_FALSE(described(plain).contains("tuning"));
  EXPECT_FALSE(described(with_pipeline).contains("prefetch_bytes"));
}

TEST(DriverOptions, LetKernelsThatShareTheirResultsSendThem) {
  const KernelOffer sharing{.has_pipeline = true, .shares_bulk = true};
  const json combine = described(sharing).at("combine");
  EXPECT_EQ(combine.at("choices"), (json{"auto", "messages"}));
  EXPECT_FALSE(described(with_pipeline).contains("combine"));
  const Words messages{"--combine", "messages"};
  EXPECT_EQ(check(messages, both, sharing).what, "accepted");
  EXPECT_EQ(check(messages, threads_alone, sharing).what,
            "--combine messages has no effect: the team driver has one process");
}

TEST(DriverOptions, EachHasAValueForTheRecord) {
  Options options;
  options.schedule = {Schedule::Kind::guided, 5};
  options.overlap = true;
  const auto all = driver_options(with_pipeline);
  const json values = values_of(all, options);
  EXPECT_EQ(values.size(), all.size());
  const json expected{{"schedule", "guided"}, {"chunk", 5}, {"data", "local"}, {"overlap", true}};
  for (const auto& [name, value] : expected.items()) EXPECT_EQ(values.at(name), value) << name;
  EXPECT_FALSE(values_of(driver_options(plain), options).contains("mode"));
}

TEST(DriverOptions, AreReadFromACommandLine) {
  CLI::App app;
  Options options;
  const auto all = driver_options(with_pipeline);
  for (const DriverOption& one : all) one.add(app, options);
  Words words{"dynamic", "--distribution", "scatter", "--data", "9", "--chunk",
              "guided",  "--schedule",     "avx2",    "--isa",  "7", "--rank-chunk"};
  app.parse(words);
  EXPECT_EQ(options.schedule, (Schedule{Schedule::Kind::guided, 9}));
  EXPECT_EQ(options.data, Data::scatter);
  EXPECT_EQ(options.distribution, Distribution::dynamic);
  EXPECT_EQ(options.rank_chunk, 7);
  EXPECT_EQ(options.isa, IsaChoice::avx2);
}

TEST(DriverOptions, RefuseValuesThatAreNone) {
  for (const Words& words :
       {Words{"--schedule", "magic"}, Words{"--chunk", "-1"}, Words{"--chunk", "x"},
        Words{"--data", "cloud"}, Words{"--rank-chunk", "1.5"}, Words{"--isa", "mmx"}}) {
    EXPECT_EQ(check(words, both).what.substr(0, 8), "not read") << words[0];
  }
  EXPECT_EQ(check({"--data", "file"}, both, plain).what.substr(0, 8), "not read") << "not offered";
  EXPECT_EQ(check({"--mode", "data"}, both, plain).what.substr(0, 8), "not read") << "not offered";
}

TEST(CheckNeeds, RefusesWhatTheModelDoesNotHave) {
  for (const Words& words :
       {Words{"--schedule", "guided"}, Words{"--schedule", "static"}, Words{"--chunk", "7"}}) {
    for (const Model& model : {serial, ranks_alone}) {
      const Refused refused = check(words, model);
      EXPECT_NE(refused.what.find("the " + model.name + " driver has one thread per process"),
                std::string::npos)
          << refused.what;
      EXPECT_EQ(refused.what.substr(0, words[0].size()), words[0]);
      EXPECT_NE(refused.hint.find("omit " + words[0]), std::string::npos) << refused.hint;
    }
    expect_accepted(words, threads_alone);
    expect_accepted(words, both);
  }
  for (const Words& words : {Words{"--distribution", "dynamic"}, Words{"--data", "scatter"},
                             Words{"--rank-chunk", "3", "--distribution", "dynamic"}}) {
    for (const Model& model : {serial, threads_alone}) {
      const Refused refused = check(words, model);
      EXPECT_NE(refused.what.find("the " + model.name + " driver has one process"),
                std::string::npos)
          << refused.what;
    }
    expect_accepted(words, ranks_alone);
    expect_accepted(words, both);
  }
}

TEST(CheckNeeds, RefusesWhatAnotherOptionMakesMeaningless) {
  EXPECT_EQ(check({"--overlap"}, both).what, "--overlap has no effect with --data local");
  EXPECT_EQ(check({"--overlap"}, both).hint, "use --data scatter, or omit --overlap");
  EXPECT_EQ(check({"--overlap", "--data", "scatter", "--distribution", "dynamic"}, both).what,
            "--overlap has no effect with --distribution dynamic");
  expect_accepted({"--overlap", "--data", "scatter"}, both);
  EXPECT_EQ(check({"--rank-chunk", "3"}, both).what,
            "--rank-chunk 3 has no effect without --distribution dynamic or --overlap");
  EXPECT_EQ(check({"--rank-chunk", "3", "--data", "scatter"}, both).hint,
            "add --distribution dynamic or --overlap, or omit --rank-chunk 3");
  expect_accepted({"--rank-chunk", "3", "--data", "scatter", "--overlap"}, both);
  expect_accepted({"--rank-chunk", "3", "--distribution", "dynamic"}, both);
}

TEST(CheckNeeds, RefusesEachOptionThatAPipelineDoesNotUse) {
  for (const Words& words : {Words{"--schedule", "dynamic"}, Words{"--chunk", "2"},
                             Words{"--data", "scatter"}, Words{"--distribution", "dynamic"}}) {
    Words all{"--mode", "pipeline"};
    all.insert(all.end(), words.begin(), words.end());
    EXPECT_EQ(check(all, both).what,
              words[0] + " " + words[1] + " has no effect with --mode pipeline");
    EXPECT_NE(check(all, both).hint.find("--mode data"), std::string::npos);
  }
  expect_accepted({"--mode", "pipeline", "--isa", "scalar"}, serial);
}

TEST(CheckNeeds, WantsAnInputForItsFile) {
  EXPECT_EQ(check({"--data", "file"}, serial).what, "--data file has no effect without --input");
  EXPECT_EQ(check({"--data", "file"}, serial, with_input, {{"input", ""}}).hint,
            "add --input, or omit --data file");
  expect_accepted({"--data", "file"}, serial, {{"input", "x.h5:/m"}});
}

TEST(CheckNeeds, IsSilentAboutDefaults) {
  for (const Words& words :
       {Words{"--data", "local"}, Words{"--distribution", "block"}, Words{"--rank-chunk", "0"},
        Words{"--chunk", "0"}, Words{"--mode", "data"}, Words{"--isa", "auto"}}) {
    expect_accepted(words, serial);
  }
  EXPECT_EQ(check({}, serial).what, "accepted");
}

TEST(HoldsOf, FollowsFromTheOptions) {
  const auto holds = [](const Options& options) {
    const Holds out = holds_of(options);
    return std::pair{out.root, out.others};
  };
  Options options;
  EXPECT_EQ(holds(options), std::pair(Part::share, Part::share));
  options.distribution = Distribution::dynamic;
  EXPECT_EQ(holds(options), std::pair(Part::whole, Part::whole)) << "any rank may get any item";
  options.data = Data::file;
  EXPECT_EQ(holds(options), std::pair(Part::share, Part::share)) << "what it got, it reads";
  options.data = Data::scatter;
  EXPECT_EQ(holds(options), std::pair(Part::whole, Part::share));
  options.distribution = Distribution::block;
  EXPECT_EQ(holds(options), std::pair(Part::whole, Part::share));
  options = {};
  options.mode = Mode::pipeline;
  EXPECT_EQ(holds(options), std::pair(Part::nothing, Part::nothing));
}

}  // namespace
}  // namespace scalelaw::driver
