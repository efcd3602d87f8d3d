#include "harness/plan/catalog.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "common/error.hpp"
#include "common/foreign_json.hpp"
#include "common/json_text.hpp"
#include "common/shell_word.hpp"
#include "harness/plan/drivers.hpp"
#include "harness/results/json_fields.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;
constexpr int known_schema = 2;

/// The field `key` if it is there and of that kind, or else `otherwise`.
template <class T>
T value_or(const json& object, const char* key, Kind kind, T otherwise) {
  const json* const found = optional_field(object, key, kind);
  return found != nullptr ? found->get<T>() : otherwise;
}

std::optional<double> bound(const json& from, const char* key) {
  if (!from.contains(key) || from[key].is_null()) return std::nullopt;
  return field(from, key, Kind::number).get<double>();
}

ValueType read_type(const json& from) {
  const json& name = field(from, "type", Kind::text);
  const auto names = enum_names(ValueType{});
  const auto found = std::ranges::find(names, name.get_ref<const std::string&>());
  if (found != names.end()) return static_cast<ValueType>(found - names.begin());
  throw Fault{"type",
              fmt::format("must be one of {}, not {}", fmt::join(names, ", "), shown(name))};
}

std::vector<std::string> read_choices(const json& from) {
  std::vector<std::string> out;
  const json* const choices = optional_field(from, "choices", Kind::list);
  if (choices == nullptr) return out;
  each(*choices, "choices", [&](const json& choice) {
    require_kind(choice, "", Kind::text);
    out.push_back(choice);
  });
  return out;
}

/// Checks that the driver would take its own default.
void require_own_default(const ParamFacts& param) {
  const json& value = param.fallback;
  const auto refuse = [&](const std::string& rule) {
    throw Fault{"default", fmt::format("must be {}, not {}", rule, shown(value))};
  };
  if (value.is_number() && param.min && value.get<double>() < *param.min) {
    refuse(fmt::format("at least {}", *param.min));
  }
  if (value.is_number() && param.max && value.get<double>() > *param.max) {
    refuse(fmt::format("at most {}", *param.max));
  }
  if (param.type == ValueType::choice && value.is_string() &&
      std::ranges::find(param.choices, value.get_ref<const std::string&>()) ==
          param.choices.end()) {
    refuse(fmt::format("one of its choices ({})", fmt::join(param.choices, ", ")));
  }
}

ParamFacts read_param(const json& from) {
  require_kind(from, "", Kind::object);
  if (!from.contains("default")) throw Fault{"default", "is missing"};
  ParamFacts out{.name = field(from, "name", Kind::text),
                 .type = read_type(from),
                 .fallback = from["default"],
                 .help = value_or(from, "help", Kind::text, std::string()),
                 .choices = read_choices(from),
                 .min = bound(from, "min"),
                 .max = bound(from, "max")};
  if (out.name.empty()) throw Fault{"name", "must not be empty"};
  require_own_default(out);
  return out;
}

std::vector<json> read_values(const json& from, const char* key) {
  return field(from, key, Kind::list).get<std::vector<json>>();
}

Need read_need(const json& from) {
  using Kinds = Need::Kind;
  require_kind(from, "", Kind::object);
  Need out;
  if (from.contains("when")) out.when = read_values(from, "when");
  for (const auto& [key, kind] : {std::pair("ranked", Kinds::ranked),
                                  {"threaded", Kinds::threaded},
                                  {"device", Kinds::device}}) {
    out.kind = kind;
    if (value_or(from, key, Kind::truth, false)) return out;
  }
  if (from.contains("option")) {
    out.kind = Kinds::option;
    out.name = field(from, "option", Kind::text);
    out.values = read_values(from, "is");
  } else if (from.contains("param")) {
    out.kind = Kinds::param;
    out.name = field(from, "param", Kind::text);
  } else if (from.contains("any")) {
    out.kind = Kinds::any;
    each(field(from, "any", Kind::list), "any",
         [&](const json& one) { out.any.push_back(read_need(one)); });
  } else {
    throw Fault{"", "is a need of an unknown kind: " + serialize(from)};
  }
  return out;
}

OptionFacts read_option(const json& from) {
  OptionFacts out{read_param(from), {}};
  if (const json* const needs = optional_field(from, "needs", Kind::list)) {
    each(*needs, "needs", [&](const json& need) { out.needs.push_back(read_need(need)); });
  }
  return out;
}

KernelFacts read_kernel(const json& from) {
  require_kind(from, "", Kind::object);
  KernelFacts out{.summary = field(from, "summary", Kind::text),
                  .size_parameter = field(from, "size_parameter", Kind::text),
                  .params = {},
                  .options = {}};
  each(field(from, "params", Kind::list), "params",
       [&](const json& param) { out.params.push_back(read_param(param)); });
  if (const json* const options = optional_field(from, "options", Kind::list)) {
    each(*options, "options",
         [&](const json& option) { out.options.push_back(read_option(option)); });
  }
  return out;
}

Model read_model(const json& from) {
  const std::string name = field(from, "name", Kind::text);
  return {.name = name,
          .title = value_or(from, "title", Kind::text, name),
          .ranked = value_or(from, "ranked", Kind::truth, false),
          .threaded = value_or(from, "threaded", Kind::truth, false),
          .device = value_or(from, "device", Kind::truth, false),
          .alone = value_or(from, "alone", Kind::truth, false)};
}

/// What a catalogue of the known schema says, into `out`.
void read_catalogue(const json& from, Driver& out) {
  out.implementation = field(from, "implementation", Kind::text);
  const json& model = field(from, "model", Kind::object);
  within("model", [&] { out.model = read_model(model); });
  out.mpi = value_or(from, "mpi", Kind::text, std::string());
  const json& kernels = field(from, "kernels", Kind::object);
  within("kernels", [&] {
    for (const auto& [name, kernel] : kernels.items()) {
      within(name,
             [&, &name = name, &kernel = kernel] { out.kernels[name] = read_kernel(kernel); });
    }
  });
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
  const std::string what = error.what();
  const std::size_t end = what.starts_with("[json.exception") ? what.find("] ") : std::string::npos;
  return end == std::string::npos ? what : what.substr(end + 2);
}

namespace {

[[noreturn]] void refuse_catalogue(const std::filesystem::path& program, const std::string& why) {
  throw Error(
      fmt::format("'{} --describe' printed no catalogue: {}", program.string(), why),
      fmt::format("use a driver of this version; scalelaw check-driver {} says what is wrong",
                  shell_word(program.string())));
}

json parsed_catalogue(const std::string& text, const std::filesystem::path& program) {
  try {
    return parse_foreign(text);
  } catch (const Error& error) {
    refuse_catalogue(program, error.what());
  }
}

Driver parse_any(const std::string& text, const std::filesystem::path& program) {
  const json from = parsed_catalogue(text, program);
  const std::string not_sound = fault_in([&] {
    require_kind(from, "it", Kind::object);
    if (!from.contains("schema")) throw Fault{"schema", "is missing"};
  });
  if (!not_sound.empty()) refuse_catalogue(program, not_sound);
  if (from["schema"] != known_schema) {
    throw Error(fmt::format("'{} --describe' has schema {}, but this harness reads {}",
                            program.string(), serialize(from["schema"]), known_schema),
                "use drivers and a harness of the same version");
  }
  Driver out;
  out.program = program;
  const std::string fault = fault_in([&] { read_catalogue(from, out); });
  if (!fault.empty()) refuse_catalogue(program, fault);
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
