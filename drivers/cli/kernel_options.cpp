#include "drivers/cli/kernel_options.hpp"

#include <nlohmann/json.hpp>

#include "common/error.hpp"
#include "drivers/cli/command_line.hpp"

namespace scalelaw::driver {

void describe_input(CLI::App& app, std::span<const std::string_view> determined) {
  std::string names;
  for (const std::string_view name : determined) {
    names += (names.empty() ? "" : ", ") + option_name(name);
  }
  if (names.empty()) return;
  CLI::Option* const input = app.get_option("--input");
  input->description(input->get_description() + "; determines " + names);
}

void check_given(const CLI::App& app, std::span<const std::string_view> determined) {
  for (const std::string_view name : determined) {
    const std::string option = option_name(name);
    if (app.count(option) == 0) continue;
    throw Error(option + " is determined by --input and cannot be combined with it",
                "omit " + option + ", or --input");
  }
}

nlohmann::json description(std::string_view kernel, const std::vector<Parameter>& parameters,
                           std::string_view size_parameter, nlohmann::json work) {
  return {{"kernel", kernel},
          {"params", parameters_json(parameters)},
          {"size_parameter", size_parameter},
          {"work", std::move(work)}};
}

}  // namespace scalelaw::driver
