#pragma once

#include <map>
#include <string>
#include <vector>

namespace scalelaw::adapter {

/// The names that an expression such as "size^2 * log2(size)" refers to.
/// Errors: throws Error when it is not an expression (muParserX's syntax).
std::vector<std::string> names_in_expression(const std::string& expression);

/// Its value.
/// Errors: throws Error when it is not an expression, names something that `values` lacks, or gives
///         a value that is not finite and above 0.
double evaluate(const std::string& expression, const std::map<std::string, double>& values);

}  // namespace scalelaw::adapter
