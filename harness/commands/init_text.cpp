#include "harness/commands/init_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "adapter/definition.hpp"
#include "common/error.hpp"
#include "common/json_text.hpp"
#include "common/quantity.hpp"
#include "harness/commands/command_words.hpp"
#include "harness/config/changed.hpp"

namespace scalelaw::harness {
namespace {

using Words = std::vector<std::string>;

/// Where the comments begin.
constexpr std::size_t comment_column = 46;

/// A text in quotes: what JSON writes TOML reads.
std::string quoted(const std::string& text) {
  return serialize(nlohmann::json(text));
}

std::string quoted(const Words& words) {
  Words out;
  out.reserve(words.size());
  for (const std::string& word : words) out.push_back(quoted(word));
  return fmt::format("[{}]", fmt::join(out, ", "));
}

/// "auto", a count, or a list of them, as a config has it.
std::string counts_text(const std::string& option, const std::string& text) {
  if (text == "auto") return "\"auto\"";
  Words counts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string one = text.substr(begin, end - begin);
    try {
      counts.push_back(std::to_string(parse_count(one)));
    } catch (const Error& error) {
      throw Error(fmt::format("{}: {}", option, error.what()),
                  fmt::format("write {} auto, or counts such as 1,2,4", option));
    }
    begin = end + 1;
  }
  return counts.size() == 1 ? counts.front() : fmt::format("[{}]", fmt::join(counts, ", "));
}

/// The lines of a config, their comments below each other.
class Lines {
 public:
  void add(const std::string& line, const std::string& comment = {}) {
    if (comment.empty()) {
      text_ += line + '\n';
    } else {
      text_ += fmt::format("{:<{}} # {}\n", line, comment_column, comment);
    }
  }
  /// A line with a value, or a suggestion in a comment.
  void add_or_suggest(const std::string& key, const std::string& value,
                      const std::string& suggestion, const std::string& comment) {
    add(value.empty() ? fmt::format("# {} = {}", key, suggestion)
                      : fmt::format("{} = {}", key, value),
        comment);
  }
  void add_counts(const std::string& key, const std::string& text, const std::string& comment) {
    if (!text.empty()) add(fmt::format("{} = {}", key, counts_text("--" + key, text)), comment);
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void add_head(Lines& out, const InitChoice& choice) {
  out.add("# What to measure. `scalelaw check` reads it, `scalelaw run` measures it.");
  out.add("# docs/config.md lists every key.");
  out.add("[campaign]");
  out.add(
      fmt::format("name = {}", quoted(choice.name.empty() ? default_name(choice) : choice.name)),
      "names the results file");
  out.add("");
}

void add_placements(Lines& out, const InitChoice& choice) {
  out.add_counts("nodes", choice.nodes, "nodes");
  out.add_counts("ranks", choice.ranks, "ranks per node; auto: 1, 2, 4 ... and all cores");
  out.add_counts("threads", choice.threads, "threads per rank; auto: 1, 2, 4 ... and all cores");
}

adapter::Definition definition_of(const InitChoice& choice) {
  adapter::Definition out;
  out.command = choice.command;
  out.env = choice.env;
  out.threaded = !choice.threads.empty() || has_placeholder(out, "threads");
  out.ranked = !choice.ranks.empty() || !choice.nodes.empty() || has_placeholder(out, "ranks");
  return out;
}

std::string model_text(const adapter::Definition& command) {
  Words words;
  if (command.threaded) words.emplace_back("threaded = true");
  if (command.ranked) words.emplace_back("ranked = true");
  return words.empty() ? std::string() : fmt::format("{{ {} }}", fmt::join(words, ", "));
}

/// The unit behind the number of a pattern: "ms" of "took ([0-9]+) ms"; empty: none, or seconds.
std::string unit_after(const std::string& pattern) {
  const auto group_end = pattern.rfind(')');
  if (group_end == std::string::npos) return {};
  std::string rest = pattern.substr(group_end + 1);
  rest.erase(0, rest.find_first_not_of(" *+"));
  const std::string word = rest.substr(0, rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz"));
  for (const std::string_view unit : enum_names(adapter::TimeUnit{})) {
    if (word == unit && word != "s") return word;
  }
  return {};
}

void add_driver(Lines& out, const InitChoice& choice, const adapter::Definition& command) {
  out.add("[[driver]]", "docs/measuring-a-command.md");
  out.add(fmt::format("name = {}", quoted(default_name(choice))));
  out.add(fmt::format("command = {}", quoted(command.command)),
          "{size} and the like are filled in");
  out.add_or_suggest("model", model_text(command), "{ threaded = true }",
                     "threaded: it uses {threads}; ranked: mpirun or srun starts it");
  if (!command.env.empty()) {
    Words variables;
    for (const auto& [name, value] : command.env) variables.push_back(name + " = " + quoted(value));
    out.add(fmt::format("env = {{ {} }}", fmt::join(variables, ", ")));
  } else if (!has_placeholder(command, "threads")) {
    out.add("# env = { OMP_NUM_THREADS = \"{threads}\" }", "set anyway; other variables likewise");
  }
  out.add_or_suggest("time", choice.time.empty() ? "" : quoted(choice.time),
                     "\"elapsed: ([0-9.]+) s\"",
                     "seconds that it prints; without it, the whole process is timed");
  if (const std::string unit = unit_after(choice.time); !unit.empty()) {
    out.add(fmt::format("time_unit = {}", quoted(unit)));
  } else {
    out.add("# time_unit = \"ms\"", "of that number: s, ms, us, ns or min; s without it");
  }
  out.add_or_suggest("check", choice.check.empty() ? "" : quoted(choice.check), "\"result: (.*)\"",
                     "a result that must be the same in every launch");
  out.add("# work = \"size^2\"", "its work by size: for weak scaling");
  out.add("# unit = \"cells\"", "of that work: for rates");
  out.add("");
}

/// The parameter with its default, as a suggestion.
std::string suggestion_of(const ParamFacts& param) {
  if (param.fallback.is_null()) return {};
  return fmt::format("{} = {}", param.name, serialize(param.fallback));
}

}  // namespace

std::string default_name(const InitChoice& choice) {
  if (choice.command.empty()) return choice.kernel;
  return program_name_of(choice.command);
}

std::string config_again(const InitChoice& choice, const std::string& text) {
  std::vector<ConfigChange> changes;
  if (!choice.name.empty()) changes.push_back({"campaign", "name", quoted(choice.name)});
  const std::vector<std::pair<std::string, std::string>> counts{{"size", choice.size},
                                                                {"threads", choice.threads},
                                                                {"ranks", choice.ranks},
                                                                {"nodes", choice.nodes}};
  for (const auto& [key, value] : counts) {
    if (!value.empty()) changes.push_back({"experiment", key, counts_text("--" + key, value)});
  }
  if (choice.launches > 0) {
    for (const char* key : {"launches_min", "launches_max"}) {
      changes.push_back({"measuring", key, fmt::format("{}", choice.launches)});
    }
  }
  return "# A campaign that was measured before. docs/config.md lists every key.\n" +
         with_changes(text, changes);
}

std::string config_of_command(const InitChoice& choice) {
  const adapter::Definition command = definition_of(choice);
  Lines out;
  add_head(out, choice);
  add_driver(out, choice, command);
  out.add("[[experiment]]");
  out.add(fmt::format("driver = {}", quoted(default_name(choice))));
  if (!choice.size.empty() && !has_placeholder(command, "size")) {
    throw Error("--size has no effect: the command has no {size}",
                "put {size} into the command, or omit --size");
  }
  if (has_placeholder(command, "size")) {
    const std::string size = choice.size.empty() ? "1000" : counts_text("--size", choice.size);
    out.add(fmt::format("size = {}", size),
            choice.size.empty() ? "change it: a run should take about a second" : "");
  }
  Words params;
  for (const std::string& name : parameters_of(command)) params.push_back(name + " = \"1\"");
  if (!params.empty()) {
    out.add(fmt::format("params = {{ {} }}", fmt::join(params, ", ")),
            "change them: a value, or a list of values to measure");
  }
  InitChoice placed = choice;
  if (placed.threads.empty() && command.threaded) placed.threads = "auto";
  if (placed.ranks.empty() && command.ranked) placed.ranks = "auto";
  add_placements(out, placed);
  return out.text();
}

std::string config_of_kernel(const InitChoice& choice, const std::vector<const Driver*>& drivers) {
  const auto any = [&](bool Model::*has) {
    return std::ranges::any_of(drivers, [&](const Driver* driver) { return driver->model.*has; });
  };
  const KernelFacts& kernel = drivers.front()->kernels.at(choice.kernel);
  Lines out;
  add_head(out, choice);
  out.add("[[experiment]]");
  out.add(fmt::format("kernel = {}", quoted(choice.kernel)), kernel.summary);
  if (!kernel.size_parameter.empty()) {
    out.add_or_suggest("size", choice.size.empty() ? "" : counts_text("--size", choice.size),
                       "\"auto\"", "or counts; without it, the kernel's own");
  }
  Words models;
  for (const Driver* driver : drivers) models.push_back(driver->model.name);
  out.add(fmt::format("# models = {}", quoted(models)), "without it, all of these");
  Words params;
  for (const ParamFacts& param : kernel.params) {
    if (param.name == "seed" || param.name == kernel.size_parameter) continue;
    if (std::string words = suggestion_of(param); !words.empty()) params.push_back(words);
  }
  if (!params.empty()) {
    out.add(fmt::format("# params = {{ {} }}", fmt::join(params, ", ")));
    out.add(fmt::format("# (the defaults; `scalelaw list {}` explains them)", choice.kernel));
  }
  InitChoice placed = choice;
  if (placed.threads.empty() && any(&Model::threaded)) placed.threads = "auto";
  if (placed.ranks.empty() && any(&Model::ranked)) placed.ranks = "auto";
  add_placements(out, placed);
  out.add("# scaling = [\"strong\", \"weak\"]");
  return out.text();
}

}  // namespace scalelaw::harness
