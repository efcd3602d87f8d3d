#include "harness/plan/needs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "common/json_text.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

bool contains(const std::vector<json>& values, const json& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

/// The value of an option, given or default; null when its default depends on the kernel.
json value_of(const std::string& name, const json& options, const OptionUser& user) {
  if (options.contains(name)) return options[name];
  const OptionFacts* facts = find_option(user.known, name);
  return facts == nullptr ? json() : facts->value.fallback;
}

bool applies(const Need& need, const json& value) {
  return need.when.empty() || contains(need.when, value);
}

/// Whether a need of an option with `value` is met.
bool is_met(const Need& need, const json& value, const json& options, const OptionUser& user) {
  if (!applies(need, value)) return true;
  switch (need.kind) {
    case Need::Kind::ranked:
      return user.model.ranked;
    case Need::Kind::threaded:
      return user.model.threaded;
    case Need::Kind::device:
      return user.model.device;
    case Need::Kind::option:
      return contains(need.values, value_of(need.name, options, user));
    case Need::Kind::param:
      return user.params.contains(need.name);
    case Need::Kind::any:
      break;
  }
  return std::any_of(need.any.begin(), need.any.end(),
                     [&](const Need& one) { return is_met(one, value, options, user); });
}

std::string text_of(const Need& need) {
  std::vector<std::string> words;
  switch (need.kind) {
    case Need::Kind::ranked:
      return "a model with ranks";
    case Need::Kind::threaded:
      return "a model with threads";
    case Need::Kind::device:
      return "a model with a device";
    case Need::Kind::param:
      return fmt::format("the parameter {}", need.name);
    case Need::Kind::option:
      for (const json& value : need.values) words.push_back(serialize(value));
      return fmt::format("{} = {}", need.name, fmt::join(words, " or "));
    case Need::Kind::any:
      break;
  }
  for (const Need& one : need.any) words.push_back(text_of(one));
  return fmt::format("{}", fmt::join(words, " or "));
}

/// Removes the options that have an unmet need for which `counts` is true.  Returns whether it
/// removed any.
template <class F>
bool drop_unmet(json& options, const OptionUser& user, F&& counts) {
  std::vector<std::string> dropped;
  for (const auto& [name, value] : options.items()) {
    const json& chosen = value;
    const std::vector<Need>& needs = find_option(user.known, name)->needs;
    if (std::any_of(needs.begin(), needs.end(), [&](const Need& need) {
          return counts(need) && !is_met(need, chosen, options, user);
        })) {
      dropped.push_back(name);
    }
  }
  for (const std::string& name : dropped) options.erase(name);
  return !dropped.empty();
}

bool is_of_model(const Need& need) {
  return need.kind == Need::Kind::ranked || need.kind == Need::Kind::threaded ||
         need.kind == Need::Kind::device;
}

/// Whether a need is that of a parameter.  A missing one is a mistake, not a reason to omit the
/// option.
bool is_of_param(const Need& need) {
  return need.kind == Need::Kind::param;
}

}  // namespace

const OptionFacts* find_option(const std::vector<OptionFacts>& known, const std::string& name) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const OptionFacts& option) {
    return option.value.name == name;
  });
  return found == known.end() ? nullptr : &*found;
}

bool is_default(const OptionFacts& option, const json& value) {
  return !option.value.fallback.is_null() && option.value.fallback == value;
}

json usable_options(const json& options, const OptionUser& user) {
  json out = json::object();
  for (const auto& [name, value] : options.items()) {
    const OptionFacts* facts = find_option(user.known, name);
    if (facts != nullptr && !is_default(*facts, value)) out[name] = value;
  }
  // First what no other option can change, so that the order does not matter.
  drop_unmet(out, user, is_of_model);
  while (drop_unmet(out, user, [](const Need& need) { return !is_of_param(need); })) continue;
  return out;
}

std::vector<std::string> unmet_needs(const std::string& name, const json& value,
                                     const json& options, const OptionUser& user) {
  std::vector<std::string> out;
  const OptionFacts* facts = find_option(user.known, name);
  if (facts == nullptr || is_default(*facts, value)) return out;
  for (const Need& need : facts->needs) {
    if (!is_of_param(need) && !is_met(need, value, options, user)) out.push_back(text_of(need));
  }
  return out;
}

std::vector<std::string> missing_params(const std::string& name, const json& value,
                                        const OptionUser& user) {
  std::vector<std::string> out;
  const OptionFacts* facts = find_option(user.known, name);
  if (facts == nullptr || is_default(*facts, value)) return out;
  for (const Need& need : facts->needs) {
    if (is_of_param(need) && !is_met(need, value, {}, user)) out.push_back(need.name);
  }
  return out;
}

std::string needs_text(const OptionFacts& option) {
  std::vector<std::string> words;
  for (const Need& need : option.needs) {
    std::vector<std::string> values;
    for (const json& value : need.when) values.push_back(json_text(value));
    words.push_back(values.empty() ? text_of(need)
                                   : fmt::format("{}: {}", fmt::join(values, ", "), text_of(need)));
  }
  return fmt::format("{}", fmt::join(words, "; "));
}

}  // namespace scalelaw::harness
