// What the harness says of records and descriptions, for test_agreement.py: one value a line on
// stdin, what is wrong with it, or nothing, a line on stdout.
//
// Usage: contract_judge record|catalogue|answer      a record is a list of its lines' texts
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "common/foreign_json.hpp"
#include "harness/conformance/describe_rules.hpp"
#include "harness/store/record.hpp"

namespace {

using namespace scalelaw;
using namespace scalelaw::harness;

std::string fault_of(const std::string& what, const nlohmann::json& value) {
  if (what == "catalogue") return fault_of_catalogue(value);
  if (what == "answer") return fault_of_answer(value);
  std::string text;
  for (const auto& line : value) text += line.get<std::string>() + "\n";
  return parse_record(text).fault;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "record";
  try {
    for (std::string line; std::getline(std::cin, line);) {
      std::string fault = fault_of(what, parse_foreign(line));
      std::ranges::replace(fault, '\n', ' ');
      fmt::print("{}\n", fault);
    }
  } catch (const std::exception& error) {
    fmt::print("contract_judge failed: {}\n", error.what());
    return 1;
  }
  return 0;
}
