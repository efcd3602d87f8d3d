#include "harness/conformance/describe_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <set>
#include <string_view>
#include <vector>

#include "common/json_text.hpp"
#include "harness/results/json_fields.hpp"
#include "harness/store/work_rules.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

constexpr std::int64_t known_schema = 2;
constexpr std::size_t longest_word = 128;  // bytes of a name

/// The options that every driver takes.  `seed` may also be a parameter.
constexpr std::array<std::string_view, 9> fixed_words{
    "warmups", "samples", "diagnostics", "batch", "threads", "record", "describe", "check", "help"};

struct Type {
  std::string_view name;
  const char* values;
  bool (*has)(const json& value);
};

bool is_count(const json& value) {
  if (value.is_number_unsigned()) {
    return value.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max();
  }
  return value.is_number_integer() && value.get<std::int64_t>() >= 0;
}
bool is_number(const json& value) {
  return value.is_number();
}
bool is_truth(const json& value) {
  return value.is_boolean();
}
bool is_text(const json& value) {
  return value.is_string();
}

constexpr std::array<Type, 5> types{{{"count", "a whole number from 0 to 2^63 - 1", is_count},
                                     {"number", "a number", is_number},
                                     {"bool", "true or false", is_truth},
                                     {"text", "a text", is_text},
                                     {"choice", "a text", is_text}}};

template <class Names>
std::string listed(const Names& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Checks that a text is a name.
void name_field(const json& object, const char* key) {
  const auto& name = field(object, key, Kind::text).get_ref<const std::string&>();
  if (fault_in([&] { require_name(name); }).empty()) return;
  throw Fault{key, fmt::format("must have 1 to {} bytes and no control characters, not {}",
                               longest_word, shown(name))};
}

bool is_word(const std::string& name) {
  const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  const auto inside = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  return !name.empty() && name.size() <= longest_word && letter(name.front()) &&
         std::ranges::all_of(name, inside);
}

/// Checks that a name can be written on a command line.
void require_word(const std::string& name, const std::string& key) {
  if (is_word(name)) return;
  throw Fault{key,
              fmt::format("must be letters, digits and '_', a letter first, not {}", shown(name))};
}

void require_short(const json& list, const char* key) {
  if (list.size() <= most_names) return;
  throw Fault{key, fmt::format("has {} entries, more than {}", list.size(), most_names)};
}

const Type& type_of(const json& param) {
  const auto& name = field(param, "type", Kind::text).get_ref<const std::string&>();
  const auto found = std::ranges::find(types, name, &Type::name);
  if (found != types.end()) return *found;
  throw Fault{"type", fmt::format("must be one of count, number, bool, text, choice, not {}",
                                  shown(param["type"]))};
}

void check_choices(const json& param, const Type& type) {
  if (type.name != "choice") {
    if (param.contains("choices")) throw Fault{"choices", "belong to a choice alone"};
    return;
  }
  const json& choices = field(param, "choices", Kind::list);
  if (choices.empty()) throw Fault{"choices", "must not be empty"};
  each(choices, "choices", [](const json& choice) { require_kind(choice, "", Kind::text); });
  const std::set<json> different(choices.begin(), choices.end());
  if (different.size() < choices.size()) throw Fault{"choices", "has a value twice"};
}

void check_bounds(const json& param, const Type& type) {
  for (const char* bound : {"min", "max"}) {
    if (!param.contains(bound)) continue;
    require_kind(param[bound], bound, Kind::number);
    if (type.name != "count" && type.name != "number") {
      throw Fault{bound, fmt::format("is not for a {}", type.name)};
    }
  }
}

void check_param(const json& param) {
  require_kind(param, "", Kind::object);
  require_word(field(param, "name", Kind::text).get<std::string>(), "name");
  const Type& type = type_of(param);
  field(param, "help", Kind::text);
  check_choices(param, type);
  check_bounds(param, type);
  if (!param.contains("default")) throw Fault{"default", "is missing"};
  if (param["default"].is_null()) return;
  if (const std::string fault = fault_of_value(param["default"], param); !fault.empty()) {
    throw Fault{"default", fault};
  }
}

const json* named(const json& list, const std::string& name) {
  const auto found =
      std::ranges::find_if(list, [&](const json& one) { return one["name"] == name; });
  return found == list.end() ? nullptr : &*found;
}

/// Checks that the values in a need are values of that option.
void check_values(const json& values, const std::string& key, const json& option) {
  if (values.empty()) throw Fault{key, "must not be empty"};
  each(values, key, [&](const json& value) {
    if (const std::string fault = fault_of_value(value, option); !fault.empty()) {
      throw Fault{"", fmt::format("{}: a value of '{}'", fault,
                                  option["name"].get_ref<const std::string&>())};
    }
  });
}

void check_kind_of_need(const json& need) {
  constexpr std::array<const char*, 6> kinds{"ranked", "threaded", "device",
                                             "option", "param",    "any"};
  const auto given = std::ranges::count_if(kinds, [&](const char* k) { return need.contains(k); });
  if (given != 1) {
    throw Fault{"", fmt::format("must have exactly one of {}, and has {}", listed(kinds), given)};
  }
  if (need.contains("is") && !need.contains("option")) {
    throw Fault{"is", "belongs to `option`"};
  }
  for (const char* feature : {"ranked", "threaded", "device"}) {
    const json* value = optional_field(need, feature, Kind::truth);
    if (value != nullptr && !value->get<bool>()) throw Fault{feature, "must be true"};
  }
}

/// The parameter or option that a need names.
const json& named_by(const json& need, const char* key, const json& list) {
  const auto& name = field(need, key, Kind::text).get_ref<const std::string&>();
  if (const json* found = named(list, name)) return *found;
  throw Fault{key, fmt::format("is {}, and the kernel has no such {}", shown(name),
                               key == std::string_view("param") ? "parameter" : key)};
}

/// `of`: the option that has the need.
void check_need(const json& need, const json& of, const json& kernel) {
  require_kind(need, "", Kind::object);
  check_kind_of_need(need);
  if (need.contains("option")) {
    const json& option = named_by(need, "option", kernel["options"]);
    check_values(field(need, "is", Kind::list), "is", option);
  }
  if (need.contains("param")) named_by(need, "param", kernel["params"]);
  if (const json* any = optional_field(need, "any", Kind::list)) {
    if (any->empty()) throw Fault{"any", "must not be empty"};
    each(*any, "any", [&](const json& one) { check_need(one, of, kernel); });
  }
  if (const json* when = optional_field(need, "when", Kind::list)) check_values(*when, "when", of);
}

void check_needs(const json& option, const json& kernel) {
  const json* needs = optional_field(option, "needs", Kind::list);
  if (needs == nullptr) return;
  each(*needs, "needs", [&](const json& need) { check_need(need, option, kernel); });
}

/// Checks that no name is used twice, or is a word that every driver takes.
void check_names(const json& kernel) {
  std::set<std::string> names;
  for (const char* list : {"params", "options"}) {
    each(kernel[list], list, [&](const json& one) {
      const auto& name = one["name"].get_ref<const std::string&>();
      if (std::ranges::find(fixed_words, name) != fixed_words.end()) {
        throw Fault{"name", fmt::format("is {}, which is a word of every driver", shown(name))};
      }
      if (!names.insert(name).second) {
        throw Fault{"name", fmt::format("is {}, which is used twice", shown(name))};
      }
    });
  }
}

void check_kernel(const json& kernel) {
  require_kind(kernel, "", Kind::object);
  field(kernel, "summary", Kind::text);
  for (const char* list : {"params", "options"}) {
    require_short(field(kernel, list, Kind::list), list);
    each(kernel[list], list, check_param);
  }
  check_names(kernel);
  each(kernel["options"], "options", [&](const json& option) { check_needs(option, kernel); });
  const json& size = field(kernel, "size_parameter", Kind::text);
  if (size != "" && named(kernel["params"], size) == nullptr) {
    throw Fault{"size_parameter",
                fmt::format("is {}, and the kernel has no such parameter", shown(size))};
  }
}

void check_catalogue(const json& catalogue) {
  require_kind(catalogue, "", Kind::object);
  const json& schema = field(catalogue, "schema", Kind::whole);
  if (schema != known_schema) {
    throw Fault{"schema", fmt::format("must be {}, not {}", known_schema, shown(schema))};
  }
  for (const char* key : {"driver", "implementation"}) name_field(catalogue, key);
  const json& model = field(catalogue, "model", Kind::object);
  within("model", [&] {
    for (const char* key : {"name", "title"}) name_field(model, key);
    for (const char* key : {"ranked", "threaded", "device"}) field(model, key, Kind::truth);
    if (model.contains("alone")) field(model, "alone", Kind::truth);
  });
  const json& kernels = field(catalogue, "kernels", Kind::object);
  if (kernels.empty()) throw Fault{"kernels", "must not be empty"};
  within("kernels", [&] {
    for (const auto& [name, kernel] : kernels.items()) {
      require_word(name, name);
      within(name, [&kernel = kernel] { check_kernel(kernel); });
    }
  });
}

void check_answer(const json& answer) {
  require_kind(answer, "", Kind::object);
  field(answer, "kernel", Kind::text);
  field(answer, "size_parameter", Kind::text);
  const json& params = field(answer, "params", Kind::object);
  require_short(params, "params");
  within("params", [&] {
    for (const auto& [name, value] : params.items()) require_word(name, name);
  });
  const json& work = field(answer, "work", Kind::object);
  within("work", [&] {
    for (const char* key : {"operations", "resident_bytes"}) field(work, key, Kind::number);
    field(work, "memory_bound", Kind::truth);
    check_work(work);
  });
}

void check_beside(const json& answer, const std::string& kernel, const json& described) {
  if (answer["kernel"] != kernel) {
    throw Fault{"kernel",
                fmt::format("is {}, and '{}' was asked for", shown(answer["kernel"]), kernel)};
  }
  const json& size = answer["size_parameter"];
  if (size != "" && size != described["size_parameter"]) {
    throw Fault{"size_parameter", fmt::format("is {}, and {} in the catalogue", shown(size),
                                              shown(described["size_parameter"]))};
  }
  within("params", [&] {
    for (const json& param : described["params"]) {
      const auto& name = param["name"].get_ref<const std::string&>();
      if (!answer["params"].contains(name)) throw Fault{name, "is missing"};
      const std::string fault = fault_of_value(answer["params"][name], param);
      if (!fault.empty()) throw Fault{name, fault};
    }
    for (const auto& [name, value] : answer["params"].items()) {
      if (named(described["params"], name) == nullptr) {
        throw Fault{name, "is not a parameter of the catalogue"};
      }
    }
  });
}

}  // namespace

std::string fault_of_value(const json& value, const json& param) {
  const Type& type =
      *std::ranges::find(types, param["type"].get_ref<const std::string&>(), &Type::name);
  if (!type.has(value)) return fmt::format("must be {}, not {}", type.values, shown(value));
  if (type.name == "choice") {
    const json& choices = param["choices"];
    if (std::ranges::find(choices, value) != choices.end()) return {};
    std::vector<std::string> names;
    for (const json& choice : choices) names.push_back(choice);
    return fmt::format("must be one of its choices ({}), not {}", listed(names), shown(value));
  }
  const bool too_small = param.contains("min") && value < param["min"];
  const bool too_large = param.contains("max") && value > param["max"];
  if (!too_small && !too_large) return {};
  return fmt::format("must be at {} {}, not {}", too_small ? "least" : "most",
                     shown(param[too_small ? "min" : "max"]), shown(value));
}

std::string fault_of_catalogue(const json& catalogue) {
  return fault_in([&] { check_catalogue(catalogue); });
}

std::string fault_of_answer(const json& answer) {
  return fault_in([&] { check_answer(answer); });
}

std::string fault_beside_catalogue(const json& answer, const std::string& kernel,
                                   const json& catalogue) {
  return fault_in([&] { check_beside(answer, kernel, catalogue["kernels"][kernel]); });
}

}  // namespace scalelaw::harness
