#include "adapter/work_expression.hpp"

#include <fmt/format.h>
#include <muParser.h>

#include <cmath>

#include "common/error.hpp"

namespace scalelaw::adapter {
namespace {

Error not_an_expression(const std::string& expression, const mu::Parser::exception_type& error) {
  return Error(fmt::format("'{}' is not an expression: {}", expression, error.GetMsg()),
               "write it with size and parameters, as in size^2 * log2(size)");
}

}  // namespace

std::vector<std::string> names_in_expression(const std::string& expression) {
  try {
    mu::Parser parser;
    parser.SetExpr(expression);
    std::vector<std::string> out;
    for (const auto& [name, unused] : parser.GetUsedVar()) out.push_back(name);
    return out;
  } catch (const mu::Parser::exception_type& error) {
    throw not_an_expression(expression, error);
  }
}

double evaluate(const std::string& expression, const std::map<std::string, double>& values) {
  std::map<std::string, double> variables = values;  // the parser wants to be able to change them
  double result = 0;
  try {
    mu::Parser parser;
    for (auto& [name, value] : variables) parser.DefineVar(name, &value);
    parser.SetExpr(expression);
    result = parser.Eval();
  } catch (const mu::Parser::exception_type& error) {
    throw not_an_expression(expression, error);
  }
  if (std::isfinite(result) && result > 0) return result;
  throw Error(fmt::format("'{}' is {}, which is no amount of work", expression, result),
              "let it be above 0 for every size");
}

}  // namespace scalelaw::adapter
