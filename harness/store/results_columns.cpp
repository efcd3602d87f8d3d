#include "harness/store/results_columns.hpp"

#include <type_traits>

#include "common/field.hpp"
#include "common/json_text.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// How a member's type is a cell.
template <class T>
constexpr ColumnType type_for() {
  if constexpr (std::is_same_v<T, bool>) return ColumnType::truth;
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) return ColumnType::integer;
  if constexpr (std::is_floating_point_v<T>) return ColumnType::real;
  return ColumnType::text;
}

json json_of(const std::map<std::string, std::string>& value) {
  return value;
}
json json_of(const json& value) {
  return value;
}

template <class T>
Cell cell_of(const T& value) {
  if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, double> ||
                std::is_same_v<T, std::string>) {
    return value;
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<std::int64_t>(value);
  } else if constexpr (EnumNames<T>) {
    return std::string(to_string(value));
  } else {
    return serialize(json_of(value));
  }
}

template <class T>
void set_from(T& value, const Cell& cell) {
  if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, double> ||
                std::is_same_v<T, std::string>) {
    value = std::get<T>(cell);
  } else if constexpr (std::is_integral_v<T>) {
    value = static_cast<T>(std::get<std::int64_t>(cell));
  } else if constexpr (EnumNames<T>) {
    value = enum_from<T>(std::get<std::string>(cell));
  } else {
    value = json::parse(std::get<std::string>(cell)).template get<T>();
  }
}

/// The column of one member.
template <class Row, class T>
RowColumn<Row> column(std::string name, T Row::*member, std::string unit, std::string meaning) {
  return {{std::move(name), type_for<T>(), std::move(unit), std::move(meaning)},
          [member](const Row& row) { return cell_of(row.*member); },
          [member](Row& row, const Cell& cell) { set_from(row.*member, cell); }};
}

/// A column that files of earlier versions lack; their rows have the member's default.
template <class Row, class T>
RowColumn<Row> added_column(std::string name, T Row::*member, std::string unit,
                            std::string meaning) {
  RowColumn<Row> added = column(std::move(name), member, std::move(unit), std::move(meaning));
  added.column.if_absent = added.get(Row{});
  return added;
}

RowColumn<Point> placement_column(std::string name, std::int64_t Placement::*member,
                                  std::string meaning) {
  return {{std::move(name), ColumnType::integer, "1", std::move(meaning)},
          [member](const Point& point) { return Cell(point.placement.*member); },
          [member](Point& point, const Cell& cell) {
            point.placement.*member = std::get<std::int64_t>(cell);
          }};
}

}  // namespace

const RowTable<Point>& point_columns() {
  using P = Point;
  static const RowTable<P> table{
      "/points",
      "What was measured: kernel, parameters, model and placement",
      {column("id", &P::id, "text", "identity: equal in two files when the points are comparable"),
       column("experiment", &P::experiment, "text", "its name in the config"),
       column("kernel", &P::kernel, "text", "e.g. dot_product"),
       column("implementation", &P::implementation, "text", "scalelaw, or a peer's name"),
       column("model", &P::model, "text", "serial, openmp, mpi or hybrid"),
       column("scaling", &P::scaling, "text", "strong or weak"),
       column("series", &P::series, "1",
              "points of one series differ in placement (weak: and size)"),
       column("params", &P::params, "JSON", "kernel parameters as given to the driver"),
       column("options", &P::options, "JSON", "driver options beside them"),
       placement_column("nodes", &Placement::nodes, "nodes"),
       placement_column("ranks_per_node", &Placement::ranks_per_node, "MPI ranks on each node"),
       placement_column("threads", &Placement::threads, "threads of each rank"),
       column("oversubscribed", &P::oversubscribed, "1",
              "more workers than cores; left out of fits"),
       column("work", &P::work, "JSON", "the work model, from --describe"),
       column(
           "state", &P::state, "text",
           "converged, not_converged, unstable, wrong_result, invalid, timeout, crashed, skipped; "
           "pending: interrupted"),
       column("reason", &P::reason, "text", "why, or a note"),
       added_column(
           "clock", &P::clock, "text",
           "what its times are of: measured, pretended (the fake launcher) or simulated")}};
  return table;
}

const RowTable<Launch>& launch_columns() {
  using L = Launch;
  static const RowTable<L> table{
      "/launches",
      "Each start of a driver, in the order of time",
      {column("point", &L::point, "row of /points", "what was launched"),
       column("block", &L::block, "1", "all points are launched once in a block, in random order"),
       column("command", &L::command, "text", "as a person would type it"),
       column("started", &L::started, "ISO 8601", "UTC"),
       column("wall_s", &L::wall_s, "s", "of the whole process"),
       column("exit_code", &L::exit_code, "1", "128 + n for signal n"),
       column("state", &L::state, "text", "ok, wrong_result, invalid, timeout or crashed"),
       column("reason", &L::reason, "text",
              "why it is not ok; of one that is, a note: what its driver left running"),
       column("busy", &L::busy, "1",
              "the capacity gate found other work on the machine before its block"),
       column("free_cores", &L::free_cores, "1",
              "cores found free, of the block's workers; NaN: not asked"),
       column("log_tail", &L::log_tail, "text", "the end of what a failed launch printed"),
       column("header", &L::header, "JSON",
              "the header of its record (docs/record.md); null: none"),
       added_column(
           "cause", &L::cause, "text",
           "who caused its failure: driver, launcher, scheduler, file_system or user; none"),
       added_column("superseded", &L::superseded, "1",
                    "its point was measured anew (--retry); kept, but no longer counted")}};
  return table;
}

const RowTable<Sample>& sample_columns() {
  using S = Sample;
  static const RowTable<S> table{
      "/samples",
      "Each timed repetition; a phase is the largest over ranks",
      {column("launch", &S::launch, "row of /launches", "whose"),
       column("index", &S::index, "1", "within the launch, from 0"),
       column("diagnostic", &S::diagnostic, "1", "has an extra barrier; never a timing"),
       column("total_s", &S::total_s, "s",
              "the slowest rank, from the common start to its last action"),
       column("distribute_s", &S::distribute_s, "s", "input to the ranks"),
       column("prepare_s", &S::prepare_s, "s", "what every rank repeats"),
       column("compute_s", &S::compute_s, "s", "the items"),
       column("combine_s", &S::combine_s, "s", "merging and communicating partial results"),
       column("finish_s", &S::finish_s, "s", "the result, at the root"),
       column("facts", &S::facts, "JSON", "the result, name to exact text"),
       column("verified", &S::verified, "1", "the result was found right"),
       column("fault", &S::fault, "text", "what was wrong with it")}};
  return table;
}

const RowTable<Fit>& fit_columns() {
  using F = Fit;
  static const RowTable<F> table{
      "/fits",
      "Each parameter of each law fitted to each series",
      {column("series", &F::series, "points.series", "the series fitted"),
       column("law", &F::law, "text", "amdahl, gustafson, usl, latency_bandwidth, combine_tree"),
       column("parameter", &F::parameter, "text", "e.g. serial_fraction"),
       column("value", &F::value, "of the parameter", "the estimate"),
       column("low", &F::low, "of the parameter", "lower end of its 95 % interval"),
       column("high", &F::high, "of the parameter", "upper end of its 95 % interval"),
       column("goodness", &F::goodness, "1", "coefficient of determination of the fit"),
       column("identifiable", &F::identifiable, "1", "the points suffice for this parameter"),
       column("reason", &F::reason, "text",
              "why they do not, or untested: just as many points as parameters")}};
  return table;
}

const RowTable<Prediction>& prediction_columns() {
  using P = Prediction;
  static const RowTable<P> table{
      "/predictions",
      "Each law's word on each placement",
      {column("series", &P::series, "points.series", "the series predicted"),
       column("law", &P::law, "text", "as in /fits"),
       column("kind", &P::kind, "text", "a_priori, fitted, held_out or extrapolated"),
       column("workers", &P::workers, "1", "p"), column("speedup", &P::speedup, "1", "predicted"),
       column("low", &P::low, "1", "lower end of the 95 % band"),
       column("high", &P::high, "1", "upper end of the 95 % band"),
       column("measured", &P::measured, "1", "speedup measured at p; NaN: not measured"),
       column("error", &P::error, "1", "(predicted - measured) / measured; NaN likewise"),
       column("inside", &P::inside, "1", "the measurement fell in the band"),
       column("point", &P::point, "row of /points", "the point measured at p; -1: none")}};
  return table;
}

Table rank_table() {
  const auto seconds = [](const char* name, const char* meaning) {
    return Column{name, ColumnType::real, "s", meaning};
  };
  return {"/ranks",
          "Each rank of each sample",
          {{"sample", ColumnType::integer, "row of /samples", "whose"},
           {"rank", ColumnType::integer, "1", "MPI rank, 0 without MPI"},
           seconds("distribute_s", "input to the ranks"),
           seconds("prepare_s", "what every rank repeats"),
           seconds("compute_s", "its items"),
           seconds("wait_s",
                   "diagnostic samples: waited in the barrier; others: how much sooner "
                   "than the slowest rank it ended its items"),
           seconds("combine_s", "merging and communicating partial results"),
           seconds("finish_s", "the result, at the root"),
           seconds("total_s", "from the common start to its last action"),
           {"items", ColumnType::integer, "1", "items that it computed"}},
          {}};
}

Table thread_table() {
  return {"/threads",
          "Each thread of each rank of each sample",
          {{"sample", ColumnType::integer, "row of /samples", "whose"},
           {"rank", ColumnType::integer, "1", "MPI rank, 0 without MPI"},
           {"thread", ColumnType::integer, "1", "thread of the rank, from 0"},
           {"busy_s", ColumnType::real, "s", "spent on items, in compute"}},
          {}};
}

Table stage_table() {
  return {"/stages",
          "Each stage of each sample of a pipeline, in the order in which files pass them",
          {{"sample", ColumnType::integer, "row of /samples", "whose"},
           {"stage", ColumnType::text, "text", "e.g. read, decode, compress, write"},
           {"busy_s", ColumnType::real, "s",
            "threads were busy in it, all ranks together; waiting for other stages apart"}},
          {}};
}

}  // namespace scalelaw::harness
