#include "adapter/definition.hpp"

#include <gtest/gtest.h>

#include "adapter/description.hpp"
#include "common/error.hpp"
#include "common/json_text.hpp"
#include "support/message.hpp"

namespace scalelaw::adapter {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

Definition full() {
  Definition out;
  out.name = "jacobi";
  out.kernel = "heat";
  out.command = {"sh", "-n", "{size}", "{eps}", "{{}}"};
  out.ranked = out.threaded = true;
  out.env = {{"T", "{threads}"}, {"TAG", "{tag}"}};
  out.folder = "/tmp";
  out.setup = {"sh", "{eps}"};
  out.teardown = {"sh"};
  out.time = "t ([0-9.]+)";
  out.time_unit = TimeUnit::ms;
  out.check = "r (.*)";
  out.check_tolerance = 1e-9;
  out.work = "size^2 * eps";
  out.unit = "cells";
  return out;
}

TEST(Definition, SurvivesTheCommandLine) {
  const json written = to_json(full());
  EXPECT_EQ(to_json(parse_definition(serialize(written))), written);
  Definition least;
  least.name = "a";
  least.command = {"true"};
  const Definition read = parse_definition(R"({"name": "a", "command": ["true"]})");
  EXPECT_EQ(read.kernel, "a");
  EXPECT_FALSE(read.ranked || read.threaded);
}

TEST(Definition, IsRefusedWhenItIsNone) {
  for (const char* text : {"", "[]", "{}", R"({"name": "a"})", R"({"name": "a", "command": []})",
                           R"({"name": 1, "command": ["a"]})",
                           R"({"name": "a", "command": ["b"], "time_unit": "h"})"}) {
    EXPECT_THROW((void)parse_definition(text), Error) << text;
  }
}

TEST(Definition, HasThePlaceholdersOfAllItsTextsAsParameters) {
  EXPECT_EQ(parameters_of(full()), (Words{"eps", "tag"}));
  EXPECT_TRUE(has_placeholder(full(), "threads"));
  EXPECT_FALSE(has_placeholder(full(), "sample"));
}

TEST(Catalogue, DescribesOneKernel) {
  const json catalogue = catalogue_of(full());
  EXPECT_EQ(catalogue["implementation"], "jacobi");
  EXPECT_EQ(catalogue["model"]["name"], "ranks_threads");
  const json& kernel = catalogue["kernels"]["heat"];
  EXPECT_EQ(kernel["size_parameter"], "size");
  ASSERT_EQ(kernel["params"].size(), 3U);
  EXPECT_EQ(kernel["params"][1]["name"], "eps");
}

TEST(Catalogue, NamesTheModelByWhatItHas) {
  Definition definition = full();
  const auto model = [&](bool ranked, bool threaded) {
    definition.ranked = ranked;
    definition.threaded = threaded;
    return model_name(definition);
  };
  EXPECT_EQ(model(false, false), "process");
  EXPECT_EQ(model(false, true), "threads");
  EXPECT_EQ(model(true, false), "ranks");
}

TEST(Answer, HasTheWorkOfItsExpression) {
  Asked asked;
  asked.size = 10;
  asked.params = {{"eps", "0.5"}, {"tag", "x"}};
  const json answer = answer_of(full(), asked);
  EXPECT_EQ(answer["params"], (json{{"eps", "0.5"}, {"tag", "x"}, {"size", 10}}));
  EXPECT_EQ(answer["work"]["operations"], 50.0);
  EXPECT_EQ(answer["work"]["amount"], 50.0);
  EXPECT_EQ(answer["work"]["unit"], "cells");
  EXPECT_EQ(answer["work"]["samples"], "own");
  asked.params["eps"] = "small";
  EXPECT_THROW((void)answer_of(full(), asked), Error);
}

TEST(Answer, LeavesTheNumberOfSamplesToTheHarnessWhereItCan) {
  Definition definition;
  definition.name = definition.kernel = "a";
  definition.command = {"true"};
  EXPECT_EQ(work_of(definition, {})["samples"], "asked");
  definition.time = "([0-9]+)";
  EXPECT_EQ(work_of(definition, {})["samples"], "own");
  definition.time.clear();
  definition.ranked = true;
  EXPECT_EQ(work_of(definition, {})["samples"], "own");
}

TEST(Answer, SaysWhatIsMissing) {
  const auto fault = [](const Definition& definition, const Asked& asked) {
    return message_of([&] { (void)answer_of(definition, asked); });
  };
  Asked asked;
  EXPECT_NE(fault(full(), asked).find("no size is given"), std::string::npos);
  asked.size = 1;
  EXPECT_NE(fault(full(), asked).find("nothing fills {eps}"), std::string::npos);
  asked.params = {{"eps", "1"}, {"tag", "x"}};
  EXPECT_EQ(fault(full(), asked), "no error");
  Definition gone = full();
  gone.setup.clear();
  gone.command.front() = "./no-such-program";
  EXPECT_NE(fault(gone, asked).find("cannot start './no-such-program' in '/tmp'"),
            std::string::npos);
  gone.command.front() = "no-such-program-anywhere";
  EXPECT_NE(fault(gone, asked).find("cannot start"), std::string::npos);
  gone.setup = {"sh"};  // which may make it
  EXPECT_EQ(fault(gone, asked), "no error");
}

}  // namespace
}  // namespace scalelaw::adapter
