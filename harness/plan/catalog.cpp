#include "harness/plan/catalog.hpp"

#include <fmt/format.h>

#include "common/error.hpp"
#include "common/foreign_json.hpp"
#include "common/json_text.hpp"
#include "common/shell_word.hpp"
#include "harness/plan/drivers.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;
constexpr int known_schema = 2;

std::optional<double> bound(const json& from, const char* key) {
  if (!from.contains(key) || from[key].is_null()) return std::nullopt;
  return from[key].get<double>();
}

ParamFacts read_param(const json& from) {
  ParamFacts out{.name = from.at("name"),
                 .type = enum_from<ValueType>(from.at("type").get<std::string>(), "type"),
                 .fallback = from.at("default"),
                 .help = from.value("help", ""),
                 .choices = from.value("choices", std::vector<std::string>{}),
                 .min = bound(from, "min"),
                 .max = bound(from, "max")};
  if (out.name.empty()) throw Error("a parameter has no name");
  return out;
}

Need read_need(const json& from) {
  using Kind = Need::Kind;
  Need out;
  if (from.contains("when")) out.when = from["when"].get<std::vector<json>>();
  for (const auto& [key, kind] : {std::pair("ranked", Kind::ranked),
                                  {"threaded", Kind::threaded},
                                  {"device", Kind::device}}) {
    out.kind = kind;
    if (from.value(key, false)) return out;
  }
  if (from.contains("option")) {
    out.kind = Kind::option;
    out.name = from["option"];
    out.values = from.at("is").get<std::vector<json>>();
  } else if (from.contains("param")) {
    out.kind = Kind::param;
    out.name = from["param"];
  } else if (from.contains("any")) {
    out.kind = Kind::any;
    for (const json& one : from["any"]) out.any.push_back(read_need(one));
  } else {
    throw Error("a need has an unknown kind: " + serialize(from));
  }
  return out;
}

KernelFacts read_kernel(const json& from) {
  KernelFacts out{.summary = from.at("summary"),
                  .size_parameter = from.at("size_parameter"),
                  .params = {},
                  .options = {}};
  for (const json& param : from.at("params")) out.params.push_back(read_param(param));
  for (const json& option : from.value("options", json::array())) {
    OptionFacts facts{read_param(option), {}};
    for (const json& need : option.value("needs", json::array())) {
      facts.needs.push_back(read_need(need));
    }
    out.options.push_back(std::move(facts));
  }
  return out;
}

Model read_model(const json& from) {
  const std::string name = from.at("name");
  return {.name = name,
          .title = from.value("title", name),
          .ranked = from.value("ranked", false),
          .threaded = from.value("threaded", false),
          .device = from.value("device", false),
          .alone = from.value("alone", false)};
}

/// Checks that the driver is what its name says, because the harness finds it by that name.
void require_own_name(const Driver& driver) {
  Point point;
  point.implementation = driver.implementation;
  point.model = driver.model;
  const std::string name = driver.program.filename(), wanted = driver_program(point);
  if (name == wanted) return;
  throw Error(fmt::format("'{}' describes the model '{}' of '{}'", driver.program.string(),
                          driver.model.name, driver.implementation),
              fmt::format("call the program {}", wanted));
}

}  // namespace

std::string said_by(const std::exception& error) {
  if (dynamic_cast<const json::type_error*>(&error) != nullptr) return "a field has another type";
  const std::string what = error.what();
  const std::size_t end = what.starts_with("[json.exception") ? what.find("] ") : std::string::npos;
  return end == std::string::npos ? what : what.substr(end + 2);
}

namespace {

Driver parse_any(const std::string& text, const std::filesystem::path& program) {
  Driver out;
  out.program = program;
  json schema;
  try {
    const json from = parse_foreign(text);
    schema = from.at("schema");
    if (schema == known_schema) {
      out.implementation = from.at("implementation");
      out.model = read_model(from.at("model"));
      out.mpi = from.value("mpi", std::string());
      for (const auto& [name, kernel] : from.at("kernels").items()) {
        out.kernels[name] = read_kernel(kernel);
      }
    }
  } catch (const std::exception& error) {
    throw Error(
        fmt::format("'{} --describe' printed no catalogue: {}", program.string(), said_by(error)),
        fmt::format("use a driver of this version; scalelaw check-driver {} says what is wrong",
                    shell_word(program.string())));
  }
  if (schema != known_schema) {
    throw Error(fmt::format("'{} --describe' has schema {}, but this harness reads {}",
                            program.string(), serialize(schema), known_schema),
                "use drivers and a harness of the same version");
  }
  return out;
}

}  // namespace

Driver parse_driver(const std::string& text, const std::filesystem::path& program) {
  Driver out = parse_any(text, program);
  require_own_name(out);
  return out;
}

Driver parse_config_driver(const std::string& text, const std::filesystem::path& program,
                           const std::string& name) {
  Driver out = parse_any(text, program);
  if (out.implementation == name) return out;
  throw Error(fmt::format("'{}' calls its implementation '{}', and the config calls it '{}'",
                          program.string(), out.implementation, name),
              fmt::format("write name = \"{}\" in the [[driver]]", out.implementation));
}

}  // namespace scalelaw::harness
