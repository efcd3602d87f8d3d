#include "adapter/work_expression.hpp"

#include <fmt/format.h>
#include <mpParser.h>

#include <cmath>

#include "common/error.hpp"

namespace scalelaw::adapter {
namespace {

// Not muParser: Debian builds that with OpenMP, whose library binds every program that loads it as
// soon as OMP_PROC_BIND is set, and with it the programs that it starts.

/// Numbers alone: no texts, matrices or complex numbers.
constexpr unsigned numbers = mup::pckCOMMON | mup::pckNON_COMPLEX;

Error not_an_expression(const std::string& expression, const mup::ParserError& error) {
  return Error(fmt::format("'{}' is not an expression: {}", expression, error.GetMsg()),
               "write it with size and parameters, as in size^2 * log2(size)");
}

}  // namespace

std::vector<std::string> names_in_expression(const std::string& expression) {
  try {
    mup::ParserX parser(numbers);
    parser.SetExpr(expression);
    std::vector<std::string> out;
    for (const auto& [name, unused] : parser.GetExprVar()) out.push_back(name);
    return out;
  } catch (const mup::ParserError& error) {
    throw not_an_expression(expression, error);
  }
}

double evaluate(const std::string& expression, const std::map<std::string, double>& values) {
  double result = 0;
  try {
    mup::ParserX parser(numbers);
    for (const auto& [name, value] : values) parser.DefineConst(name, value);
    parser.SetExpr(expression);
    result = parser.Eval().GetFloat();
  } catch (const mup::ParserError& error) {
    throw not_an_expression(expression, error);
  }
  if (std::isfinite(result) && result > 0) return result;
  throw Error(
      fmt::format("'{}' is {}, and an amount of work is finite and above 0", expression, result),
      "let it be above 0 for every size");
}

}  // namespace scalelaw::adapter
