#include "harness/store/samples_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

template <class Row>
using Seconds = std::pair<const char*, double Row::*>;

constexpr Seconds<Sample> sample_seconds[] = {
    {"total_s", &Sample::total_s},     {"distribute_s", &Sample::distribute_s},
    {"prepare_s", &Sample::prepare_s}, {"compute_s", &Sample::compute_s},
    {"combine_s", &Sample::combine_s}, {"finish_s", &Sample::finish_s}};

constexpr Seconds<RankTimes> rank_seconds[] = {
    {"rank_total_s", &RankTimes::total_s},     {"rank_distribute_s", &RankTimes::distribute_s},
    {"rank_prepare_s", &RankTimes::prepare_s}, {"rank_compute_s", &RankTimes::compute_s},
    {"rank_wait_s", &RankTimes::wait_s},       {"rank_combine_s", &RankTimes::combine_s},
    {"rank_finish_s", &RankTimes::finish_s}};

double number(const json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

/// More rows than any launch has, and few enough to be held: a damaged file may ask for anything.
constexpr std::int64_t most_rows = std::int64_t{1} << 24;

/// A number of rows, when `taken` have come before.
std::size_t count_of(const json& value, std::size_t taken) {
  const auto count = value.get<std::int64_t>();
  if (count < 0 || count > most_rows - static_cast<std::int64_t>(taken)) {
    throw Error(fmt::format("a launch cannot have {} samples or ranks", count),
                "the file is damaged");
  }
  return static_cast<std::size_t>(count);
}

/// What stands for a column whose entries are all the same.
constexpr const char* each = "each";

/// A column with one entry for each row, made by `get`.
template <class Rows, class Get>
json column(const Rows& rows, const Get& get) {
  json::array_t out;
  out.reserve(rows.size());
  for (const auto& row : rows) out.emplace_back(get(row));
  const bool same = out.size() > 1 &&
                    std::adjacent_find(out.begin(), out.end(), std::not_equal_to<>()) == out.end();
  return same ? json{{each, std::move(out.front())}} : json(std::move(out));
}

/// Gives the entries of a column to the rows, one each.
template <class Row, class Set>
void distribute(const json& columns, const char* name, const std::vector<Row*>& rows,
                const Set& set) {
  const json& column = columns.at(name);
  if (column.is_object()) {
    for (Row* row : rows) set(*row, column.at(each));
    return;
  }
  if (column.size() != rows.size()) {
    throw Error(fmt::format("{} has {} entries, not {}", name, column.size(), rows.size()),
                "the file is damaged");
  }
  for (std::size_t i = 0; i < rows.size(); ++i) set(*rows[i], column[i]);
}

json stages_to_json(const std::vector<StageTime>& stages) {
  json out = json::array();
  for (const StageTime& one : stages) out.push_back({one.stage, one.busy_s});
  return out;
}

std::vector<StageTime> stages_from_json(const json& stages) {
  std::vector<StageTime> out;
  for (const json& one : stages) out.push_back({one.at(0).get<std::string>(), number(one.at(1))});
  return out;
}

json facts_to_json(std::span<const Sample> samples) {
  json out = json::array();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const bool same = i > 0 && samples[i].facts == samples[i - 1].facts;
    out.push_back(same ? json() : json(samples[i].facts));
  }
  return out;
}

void facts_from_json(const json& columns, const std::vector<Sample*>& samples) {
  const Sample* before = nullptr;
  distribute(columns, "facts", samples, [&](Sample& sample, const json& facts) {
    const bool same = facts.is_null() && before != nullptr;
    sample.facts = same ? before->facts : facts.get<std::map<std::string, std::string>>();
    before = &sample;
  });
}

template <class Row>
std::vector<Row*> pointers_to(std::vector<Row>& rows) {
  std::vector<Row*> pointers;
  pointers.reserve(rows.size());
  for (Row& row : rows) pointers.push_back(&row);
  return pointers;
}

void ranks_to_json(std::span<const Sample> samples, json& out) {
  std::vector<RankTimes> ranks;
  for (const Sample& sample : samples) {
    ranks.insert(ranks.end(), sample.ranks.begin(), sample.ranks.end());
  }
  out["ranks"] = column(samples, [](const Sample& sample) { return sample.ranks.size(); });
  for (const auto& [name, member] : rank_seconds) {
    out[name] = column(ranks, [member = member](const RankTimes& rank) { return rank.*member; });
  }
  out["rank_busy_s"] = column(ranks, [](const RankTimes& rank) { return json(rank.busy_s); });
  out["rank_items"] = column(ranks, [](const RankTimes& rank) { return rank.items; });
}

void ranks_from_json(const json& columns, const std::vector<Sample*>& samples) {
  std::vector<RankTimes*> ranks;
  distribute(columns, "ranks", samples, [&](Sample& sample, const json& count) {
    sample.ranks.resize(count_of(count, ranks.size()));
    for (std::size_t i = 0; i < sample.ranks.size(); ++i) {
      sample.ranks[i].rank = static_cast<std::int64_t>(i);
      ranks.push_back(&sample.ranks[i]);
    }
  });
  for (const auto& [name, member] : rank_seconds) {
    distribute(columns, name, ranks, [member = member](RankTimes& rank, const json& value) {
      rank.*member = number(value);
    });
  }
  distribute(columns, "rank_busy_s", ranks, [](RankTimes& rank, const json& busy) {
    for (const json& value : busy) rank.busy_s.push_back(number(value));
  });
  distribute(columns, "rank_items", ranks,
             [](RankTimes& rank, const json& value) { rank.items = value.get<std::int64_t>(); });
}

}  // namespace

json samples_to_json(std::span<const Sample> samples) {
  json out{{"count", samples.size()}};
  out["index"] = column(samples, [](const Sample& sample) { return sample.index; });
  out["diagnostic"] = column(samples, [](const Sample& sample) { return sample.diagnostic; });
  for (const auto& [name, member] : sample_seconds) {
    out[name] = column(samples, [member = member](const Sample& sample) { return sample.*member; });
  }
  out["verified"] = column(samples, [](const Sample& sample) { return sample.verified; });
  out["fault"] = column(samples, [](const Sample& sample) { return sample.fault; });
  out["facts"] = facts_to_json(samples);
  out["stages"] =
      column(samples, [](const Sample& sample) { return stages_to_json(sample.stages); });
  ranks_to_json(samples, out);
  return out;
}

std::vector<Sample> samples_from_json(const json& columns) {
  std::vector<Sample> out(count_of(columns.at("count"), 0));
  const std::vector<Sample*> samples = pointers_to(out);
  distribute(columns, "index", samples,
             [](Sample& sample, const json& value) { sample.index = value.get<std::int64_t>(); });
  distribute(columns, "diagnostic", samples,
             [](Sample& sample, const json& value) { sample.diagnostic = value.get<bool>(); });
  for (const auto& [name, member] : sample_seconds) {
    distribute(columns, name, samples, [member = member](Sample& sample, const json& value) {
      sample.*member = number(value);
    });
  }
  distribute(columns, "verified", samples,
             [](Sample& sample, const json& value) { sample.verified = value.get<bool>(); });
  distribute(columns, "fault", samples,
             [](Sample& sample, const json& value) { sample.fault = value.get<std::string>(); });
  distribute(columns, "stages", samples,
             [](Sample& sample, const json& value) { sample.stages = stages_from_json(value); });
  facts_from_json(columns, samples);
  ranks_from_json(columns, samples);
  return out;
}

}  // namespace scalelaw::harness
