#include "harness/conformance/describe_rules.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace scalelaw::harness {
namespace {

using nlohmann::json;

json valid_catalogue() {
  return json::parse(R"({
    "schema": 2, "driver": "d", "implementation": "i",
    "model": {"name": "m", "title": "M", "ranked": false, "threaded": true, "device": false},
    "kernels": {"add": {"summary": "adds", "size_parameter": "length",
      "params": [
        {"name": "length", "type": "count", "default": 5, "help": "", "min": 1, "max": 9},
        {"name": "input", "type": "text", "default": "", "help": ""}],
      "options": [
        {"name": "way", "type": "choice", "default": null, "help": "", "choices": ["a", "b"]},
        {"name": "chunk", "type": "count", "default": 0, "help": "", "needs": [
          {"threaded": true}, {"option": "way", "is": ["a"]},
          {"any": [{"param": "input"}, {"device": true}], "when": [3]}]}]}}})");
}

json valid_answer() {
  return {{"kernel", "add"},
          {"params", {{"length", 5}, {"input", ""}}},
          {"size_parameter", "length"},
          {"work", {{"operations", 1}, {"resident_bytes", 0.5}, {"memory_bound", true}}}};
}

struct Wrong {
  const char* pointer;
  json value;
  const char* says;
};

TEST(DescribeRules, AcceptAValidCatalogueAndAnswer) {
  EXPECT_EQ(fault_of_catalogue(valid_catalogue()), "");
  EXPECT_EQ(fault_of_answer(valid_answer()), "");
  EXPECT_EQ(fault_beside_catalogue(valid_answer(), "add", valid_catalogue()), "");
}

TEST(DescribeRules, NameTheFieldOfACatalogueThatIsWrong) {
  for (const Wrong& wrong : {
           Wrong{"", 3, "must be an object, not 3"},
           Wrong{"/schema", 1, "`schema` must be 2, not 1"},
           Wrong{"/driver", "", "`driver` must have 1 to 128 bytes"},
           Wrong{"/model", "mpi", "`model` must be an object, not \"mpi\""},
           Wrong{"/model/ranked", 1, "`model.ranked` must be true or false, not 1"},
           Wrong{"/kernels", json::object(), "`kernels` must not be empty"},
           Wrong{"/kernels/add", nullptr, "`kernels.add` must be an object, not null"},
           Wrong{"/kernels/add/params/0/type", "whole", "must be one of count, number, bool"},
           Wrong{"/kernels/add/params/0/name", "a b", "must be letters, digits and '_'"},
           Wrong{"/kernels/add/params/0/default", 10, "must be at most 9, not 10"},
           Wrong{"/kernels/add/params/0/default", 1.5, "must be a whole number from 0"},
           Wrong{"/kernels/add/params/1/min", 3, "`kernels.add.params[1].min` is not for a text"},
           Wrong{"/kernels/add/params/1/name", "length", "which is used twice"},
           Wrong{"/kernels/add/params/1/name", "threads", "a word of every driver"},
           Wrong{"/kernels/add/options/0/choices", json::array(), "must not be empty"},
           Wrong{"/kernels/add/options/0/choices", {"a", "a"}, "has a value twice"},
           Wrong{"/kernels/add/options/0/default", "c", "one of its choices (a, b), not \"c\""},
           Wrong{"/kernels/add/options/1/choices", {"a"}, "belong to a choice alone"},
           Wrong{"/kernels/add/options/1/needs/0/threaded", false, "must be true"},
           Wrong{"/kernels/add/options/1/needs/0/ranked", true, "exactly one of"},
           Wrong{"/kernels/add/options/1/needs/1/is/0", "c", "one of its choices (a, b)"},
           Wrong{"/kernels/add/options/1/needs/1/option", "x", "the kernel has no such option"},
           Wrong{"/kernels/add/options/1/needs/2/any/0/param", "x", "no such parameter"},
           Wrong{"/kernels/add/options/1/needs/2/any", json::array(),
                 "needs[2].any` must not be empty"},
           Wrong{"/kernels/add/options/1/needs/2/when", {"x"}, "must be a whole number from 0"},
           Wrong{"/kernels/add/size_parameter", "rows", "is \"rows\", and the kernel has no"},
       }) {
    json catalogue = valid_catalogue();
    catalogue[json::json_pointer(wrong.pointer)] = wrong.value;
    const std::string fault = fault_of_catalogue(catalogue);
    EXPECT_NE(fault.find(wrong.says), std::string::npos) << wrong.pointer << ": " << fault;
  }
}

TEST(DescribeRules, NameTheFieldOfAnAnswerThatIsWrong) {
  for (const Wrong& wrong : {
           Wrong{"/work/operations", -1, "`work.operations` must not be negative, but is -1"},
           Wrong{"/work/memory_bound", "yes", "`work.memory_bound` must be true or false"},
           Wrong{"/work/exchange", "gather", "must be one of reduce, scatter, other"},
           Wrong{"/work/holds", {{"root", "whole"}}, "`work.holds.others` is missing"},
           Wrong{"/params", json::array(), "`params` must be an object, not a list"},
       }) {
    json answer = valid_answer();
    answer[json::json_pointer(wrong.pointer)] = wrong.value;
    const std::string fault = fault_of_answer(answer);
    EXPECT_NE(fault.find(wrong.says), std::string::npos) << wrong.pointer << ": " << fault;
  }
}

TEST(DescribeRules, CompareAnAnswerWithTheCatalogue) {
  for (const Wrong& wrong : {
           Wrong{"/kernel", "multiply", "`kernel` is \"multiply\", and 'add' was asked for"},
           Wrong{"/size_parameter", "input", "is \"input\", and \"length\" in the catalogue"},
           Wrong{"/params/length", 0, "`params.length` must be at least 1, not 0"},
           Wrong{"/params/more", 0, "`params.more` is not a parameter of the catalogue"},
       }) {
    json answer = valid_answer();
    answer[json::json_pointer(wrong.pointer)] = wrong.value;
    const std::string fault = fault_beside_catalogue(answer, "add", valid_catalogue());
    EXPECT_NE(fault.find(wrong.says), std::string::npos) << wrong.pointer << ": " << fault;
  }
}

}  // namespace
}  // namespace scalelaw::harness
