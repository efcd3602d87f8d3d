#include "harness/store/results_columns.hpp"

#include <array>

#include "harness/store/row_column.hpp"

namespace scalelaw::harness {
namespace {

/// A member of the model.
template <class T>
RowColumn<Point> model_column(std::string name, T Model::*member, std::string unit,
                              std::string meaning) {
  return column_of<Point>(
      std::move(name), [member](auto& point) -> auto& { return point.model.*member; },
      std::move(unit), std::move(meaning));
}

/// Selects this member of a row, or the member `deeper` of that member.
template <class Row, class T>
auto part(T Row::*member) {
  return [member](auto& row) -> auto& {
    return row.*member;
  };
}
template <class Row, class Inner, class T>
auto part(Inner Row::*member, T Inner::*deeper) {
  return [=](auto& row) -> auto& {
    return (row.*member).*deeper;
  };
}

/// The names and units of the three columns of a quantity.
struct BracketedColumns {
  std::string name, suffix, unit, meaning;
};

/// Adds NAME, NAME_low and NAME_high, each with the suffix, of the quantity that `quantity` gives.
template <class Row, class Part>
void add_quantity(RowTable<Row>& table, Part quantity, const BracketedColumns& named) {
  const auto add = [&](const char* end, double Bracketed::*member, const std::string& meaning) {
    table.columns.push_back(column_of<Row>(
        named.name + end + named.suffix, [=](auto& row) -> auto& { return quantity(row).*member; },
        named.unit, meaning));
  };
  add("", &Bracketed::value, named.meaning);
  add("_low", &Bracketed::low, "lower end of its 95 % interval; NaN: too few launches");
  add("_high", &Bracketed::high, "upper end of it");
}

/// The columns of a baseline in /scaling, with the speedup and the efficiency over it.
struct OverBaseline {
  std::string name, meaning;
  Baseline ScalingRow::*baseline;
  Bracketed ScalingRow::*speedup;
  Bracketed ScalingRow::*efficiency;
};

void add_baseline(RowTable<ScalingRow>& table, const OverBaseline& over) {
  using S = ScalingRow;
  const auto add = [&](const char* end, auto Baseline::*member, const char* unit,
                       const std::string& meaning) {
    table.columns.push_back(
        column_of<S>(over.name + end, part(over.baseline, member), unit, meaning));
  };
  add("_point", &Baseline::point, "row of /points", over.meaning + "; -1: none was measured");
  add("_name", &Baseline::name, "text", "what that baseline is; empty: there is none");
  add_quantity(table, part(over.baseline, &Baseline::seconds),
               {.name = over.name, .suffix = "_s", .unit = "s", .meaning = "its median time"});
  add("_marks", &Baseline::marks, "text", "its marks");
  add_quantity(table, part(over.speedup),
               {.name = over.name + "_speedup",
                .suffix = "",
                .unit = "1",
                .meaning = "how many times faster than that baseline; scaled in a weak series"});
  add_quantity(table, part(over.efficiency),
               {.name = over.name + "_efficiency",
                .suffix = "",
                .unit = "1",
                .meaning = "that speedup divided by the workers"});
}

void add_time_and_rate(RowTable<ScalingRow>& table) {
  using S = ScalingRow;
  table.columns.push_back(
      column("times_s", &S::times_s, "JSON", "seconds: the median of each launch that counts"));
  add_quantity(table, part(&S::time_s),
               {.name = "time",
                .suffix = "_s",
                .unit = "s",
                .meaning = "the median of these, or of those of several allocations"});
  table.columns.push_back(column("confidence", &S::confidence, "1",
                                 "that the time's interval really has; NaN: it has none"));
  table.columns.push_back(column("unit", &S::unit, "text", "what the rate counts, e.g. numbers"));
  add_quantity(table, part(&S::rate_per_s),
               {.name = "rate",
                .suffix = "_per_s",
                .unit = "1/s",
                .meaning = "amount of the kernel's unit per second"});
}

/// The unit and the meaning of a quantity that has its name elsewhere.
struct Said {
  const char *unit, *meaning;
};

/// Adds the columns of `quantities`, which are members of the member `seen` of a row.
template <class Row, class Seen, class Quantity, std::size_t count>
void add_seen(RowTable<Row>& table, Seen Row::*seen, const std::array<Quantity, count>& quantities,
              const std::array<Said, count>& said) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [name, member] = quantities[i];
    table.columns.push_back(added(
        column_of<Row>(std::string(name), part(seen, member), said[i].unit, said[i].meaning)));
  }
}

/// Of what was seen while a point was measured.
constexpr std::array<Said, observed_summary_quantities.size()> said_of_points{
    {{"B", "the most memory that its ranks held, the sum of their peaks; NaN: unknown, as below"},
     {"B", "the most that one rank held"},
     {"1",
      "of its processors' time, what the host of a virtual machine took from the rank that "
      "lost most"},
     {"1", "of its threads' time, what passed while they waited for a processor"},
     {"1/s", "how often a thread was made to leave its processor"},
     {"1", "pages read from a disk, by all ranks in one pass"},
     {"1/s", "cycles per second of processor time"},
     {"1", "of its threads, waits included"},
     {"J", "of all its hosts in one pass"}}};

/// Of what was seen of a rank.
constexpr std::array<Said, observed_quantities.size()> said_of_ranks{
    {{"s", "taken from its processors by the host of a virtual machine; NaN: unknown, as below"},
     {"s", "its threads were ready and waited for a processor, the sum"},
     {"1", "how often a thread was made to leave its processor; the mean of a pass"},
     {"1", "pages read from a disk; the mean of a pass"},
     {"1", "of its threads' processors, the sum"},
     {"1", "of its threads, the sum"},
     {"s", "processor time in which cycles were counted"},
     {"J", "of the whole host; one rank of each host tells it"}}};

RowTable<ScalingRow> make_scaling_columns() {
  using S = ScalingRow;
  RowTable<S> table{
      .path = "/scaling",
      .meaning = "Each point with all that reports and figures say of it, derived from its samples",
      .keys = {},
      .columns = {
          column("point", &S::point, "row of /points", "which"),
          column("series", &S::series, "points.series", "its series"),
          column("workers", &S::workers, "1", "ranks x threads"),
          column("relative_work", &S::work, "1", "relative to one worker's; 1 in a strong series"),
          column("timed", &S::timed, "1", "its time may be compared"),
          column("state", &S::state, "text", "as in /points"),
          column("clock", &S::clock, "text", "as in /points"),
          column("busy", &S::busy, "1", "the time rests on launches beside other work"),
          column("marks", &S::marks, "text",
                 "what a reader must know first, e.g. not_converged, busy; empty: nothing"),
          column("launches", &S::launches, "1", "launches that count"),
          column("samples", &S::samples, "1", "timed samples in them"),
          added(column("allocations", &S::allocations, "1",
                       "that the launches come from; of several, intervals count these"))}};
  add_time_and_rate(table);
  add_baseline(table, {.name = "serial",
                       .meaning = "the best serial point of the same work",
                       .baseline = &S::serial,
                       .speedup = &S::serial_speedup,
                       .efficiency = &S::serial_efficiency});
  add_baseline(table, {.name = "own",
                       .meaning = "the series' point with one worker",
                       .baseline = &S::own,
                       .speedup = &S::own_speedup,
                       .efficiency = &S::own_efficiency});
  table.columns.insert(
      table.columns.end(),
      {column("karp_flatt", &S::karp_flatt, "1",
              "the serial fraction that the speedup over one worker shows (Karp & Flatt)"),
       column("ceiling_point", &S::ceiling_point, "row of /points",
              "the ceiling that it is held against; -1: none"),
       column("ceiling_bytes_per_s", &S::ceiling_bytes_per_s, "B/s",
              "what all workers together read there"),
       column("ceiling_share", &S::ceiling_share, "1", "of it that the point reaches"),
       column("ceiling_doubt", &S::ceiling_doubt, "text", "why the share is above 110 %"),
       column("ceiling_marks", &S::ceiling_marks, "text", "marks of the ceiling's point"),
       added(
           column("limit", &S::limit, "text",
                  "the lowest limit at its placement: memory_read, or a rate of core_rate; empty: "
                  "none measured")),
       added(column("limit_point", &S::limit_point, "row of /points",
                    "where the limit was measured; -1: none")),
       added(column("limit_share", &S::limit_share, "1", "of the limit that the point reaches")),
       added(column("limit_marks", &S::limit_marks, "text", "marks of the limit's point"))});
  add_seen(table, &ScalingRow::seen, observed_summary_quantities, said_of_points);
  return table;
}

}  // namespace

const RowTable<ScalingRow>& scaling_columns() {
  static const RowTable<ScalingRow> table = make_scaling_columns();
  return table;
}

const RowTable<AccountRow>& account_columns() {
  using A = AccountRow;
  static const RowTable<A> table{
      .path = "/account",
      .meaning = "Where the time of each point goes: parts that add up to its median time",
      .keys = {},
      .columns = {column("point", &A::point, "row of /points", "whose"),
                  column("part", &A::part, "text", "the phase's name; wait or idle"),
                  column("role", &A::role, "text",
                         "of the phase; wait: for the slowest rank's items; idle: done before the "
                         "slowest rank"),
                  column("seconds", &A::seconds, "s", "the mean over its ranks"),
                  column("marks", &A::marks, "text", "of the point, as in /scaling")}};
  return table;
}

const RowTable<Finding>& finding_columns() {
  using F = Finding;
  static const RowTable<F> table{
      .path = "/findings",
      .meaning = "Each conclusion of the analysis, with the numbers behind it",
      .keys = {},
      .columns = {
          column("kind", &F::kind, "text", "what it is about"),
          column("text", &F::text, "text", "the sentence"),
          column("value", &F::value, "of the finding", "the number that decided; NaN: none did"),
          column("low", &F::low, "of the finding", "lower end of its 95 % interval; NaN: none"),
          column("high", &F::high, "of the finding", "upper end of it"),
          column("series", &F::series, "points.series", "whose; -1: of no one series"),
          column("point", &F::point, "row of /points", "whose; -1: of no one point"),
          added(
              column("marks", &F::marks, "text", "of the points that it names, as in /scaling"))}};
  return table;
}

const RowTable<Point>& point_columns() {
  using P = Point;
  static const RowTable<P> table{
      .path = "/points",
      .meaning = "What was measured: kernel, parameters, model and placement",
      .keys = {},
      .columns = {
          column("id", &P::id, "text",
                 "identity: equal in two files when the points are comparable"),
          column("experiment", &P::experiment, "text", "its name in the config"),
          column("kernel", &P::kernel, "text", "e.g. dot_product"),
          column("implementation", &P::implementation, "text",
                 "scalelaw, the name of a driver of the config, or a peer's"),
          added(column("primary", &P::primary, "text",
                       "the implementation that its experiment is about; any other is a peer")),
          model_column("model", &Model::name, "text", "the execution model's name, e.g. openmp"),
          added(model_column("model_title", &Model::title, "text",
                             "as people write it, e.g. OpenMP")),
          added(model_column("ranked", &Model::ranked, "1", "the model has ranks")),
          added(model_column("threaded", &Model::threaded, "1", "the model has threads")),
          added(model_column("device", &Model::device, "1", "the model computes on a device")),
          added(model_column("alone", &Model::alone, "1",
                             "one rank of it is started without mpirun")),
          column("scaling", &P::scaling, "text", "strong or weak"),
          column("series", &P::series, "1",
                 "points of one series differ in placement (weak: and size)"),
          column("params", &P::params, "JSON", "kernel parameters as given to the driver"),
          column("options", &P::options, "JSON", "driver options beside them"),
          column_of<P>(
              "nodes", [](auto& point) -> auto& { return point.placement.nodes; }, "1", "nodes"),
          column_of<P>(
              "ranks_per_node", [](auto& point) -> auto& { return point.placement.ranks_per_node; },
              "1", "MPI ranks on each node"),
          column_of<P>(
              "threads", [](auto& point) -> auto& { return point.placement.threads; }, "1",
              "threads of each rank"),
          column("oversubscribed", &P::oversubscribed, "1",
                 "more workers than cores; excluded from fits"),
          column("work", &P::work, "JSON", "the work model, from --describe"),
          column("state", &P::state, "text",
                 "converged, not_converged, too_noisy, unstable, wrong_result, invalid, timeout, "
                 "crashed, skipped; pending: interrupted; ok: imported"),
          column("reason", &P::reason, "text", "why, or a note"),
          added(column("clock", &P::clock, "text",
                       "what its times are of: measured, pretended (the fake launcher), simulated "
                       "or imported")),
          added(column("shares", &P::shares, "row of /points",
                       "the point whose launches are this one's as well, started with the same "
                       "words; -1: it has its own"))}};
  return table;
}

const RowTable<Launch>& launch_columns() {
  using L = Launch;
  static const RowTable<L> table{
      .path = "/launches",
      .meaning = "Each start of a driver, in the order of time",
      .keys = {},
      .columns = {
          column("point", &L::point, "row of /points", "what was launched"),
          column("block", &L::block, "1",
                 "all points are launched once in a block, in random order"),
          column("command", &L::command, "text", "as a person would type it"),
          column("started", &L::started, "ISO 8601", "UTC"),
          column("wall_s", &L::wall_s, "s", "of the whole process; NaN: unknown"),
          column("exit_code", &L::exit_code, "1", "128 + n for signal n"),
          column("state", &L::state, "text", "ok, wrong_result, invalid, timeout or crashed"),
          column("reason", &L::reason, "text",
                 "why it is not ok; of one that is, a note: what its driver left running"),
          column(
              "busy", &L::busy, "1",
              "other work was on the machine: the capacity gate found it before the block, or it "
              "took processor time during the samples"),
          column("free_cores", &L::free_cores, "1",
                 "cores found free, of the block's workers; NaN: not asked"),
          column("log_tail", &L::log_tail, "text", "the end of what a failed launch printed"),
          column("header", &L::header, "JSON",
                 "the header of its record (docs/record.md); null: none"),
          added(column(
              "cause", &L::cause, "text",
              "who caused its failure: driver, launcher, scheduler, file_system or user; none")),
          added(column("superseded", &L::superseded, "1",
                       "its point was measured again (--retry); kept, but no longer counted")),
          added(column("sampling", &L::sampling, "text",
                       "why it took that many samples; empty: the config says how many")),
          added(column("lost_share", &L::lost_share, "1",
                       "of its processor time, what others took during its timed samples, on the "
                       "rank that lost most; NaN: unknown")),
          added(column("allocation", &L::allocation, "text",
                       "the batch job that granted its nodes; empty: none, or unknown")),
          added(column("nodes", &L::nodes, "JSON", "that its ranks ran on; []: unknown"))}};
  return table;
}

const RowTable<Sample>& sample_columns() {
  using S = Sample;
  static const RowTable<S> table{
      .path = "/samples",
      .meaning = "Each timed repetition",
      .keys = {key("launch", "row of /launches", "whose")},
      .columns = {column("index", &S::index, "1", "within the launch, from 0"),
                  column("diagnostic", &S::diagnostic, "1", "has an extra barrier; never a timing"),
                  column("total_s", &S::total_s, "s",
                         "the slowest rank, from the common start to its last action"),
                  column("facts", &S::facts, "JSON", "the result, name to exact text"),
                  column("verified", &S::verified, "1", "the result was found right"),
                  column("fault", &S::fault, "text", "what was wrong with it")}};
  return table;
}

const RowTable<Fit>& fit_columns() {
  using F = Fit;
  static const RowTable<F> table{
      .path = "/fits",
      .meaning = "Each parameter of each law fitted to each series",
      .keys = {},
      .columns = {
          column("series", &F::series, "points.series", "the series fitted"),
          column("law", &F::law, "text", "its name, e.g. amdahl"),
          column("parameter", &F::parameter, "text", "e.g. serial_fraction"),
          added(column("symbol", &F::symbol, "text",
                       "of the parameter in the law's formula, e.g. s; empty: unknown")),
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
      .path = "/predictions",
      .meaning = "Each law's prediction for each placement",
      .keys = {},
      .columns = {
          column("series", &P::series, "points.series", "the series predicted"),
          column("law", &P::law, "text", "as in /fits; or combined: several laws together"),
          column("kind", &P::kind, "text", "a_priori, fitted, held_out or extrapolated"),
          column("workers", &P::workers, "1", "p"),
          column("speedup", &P::speedup, "1", "predicted"),
          column("low", &P::low, "1", "lower end of the 95 % band"),
          column("high", &P::high, "1", "upper end of the 95 % band"),
          column("measured", &P::measured, "1", "speedup measured at p; NaN: not measured"),
          column("error", &P::error, "1", "(predicted - measured) / measured; NaN likewise"),
          column("inside", &P::inside, "1", "the measurement fell in the band"),
          column("point", &P::point, "row of /points", "the point measured at p; -1: none"),
          added(column("marks", &P::marks, "text", "of that point, as in /scaling"))}};
  return table;
}

const RowTable<Phase>& phase_columns() {
  static const RowTable<Phase> table{
      .path = "/phases",
      .meaning = "Each phase of a pass that a driver names",
      .keys = {},
      .columns = {column("name", &Phase::name, "text", "its name"),
                  column("role", &Phase::role, "text",
                         "serial (workers repeat it or wait), parallel (the "
                         "items) or transfer (between ranks)")}};
  return table;
}

namespace {

RowTable<RankTimes> make_rank_columns() {
  using R = RankTimes;
  RowTable<R> table{
      .path = "/ranks",
      .meaning = "Each rank of each sample",
      .keys = {key("sample", "row of /samples", "whose"),
               key("rank", "1", "MPI rank, 0 without MPI")},
      .columns = {
          column(
              "wait_s", &R::wait_s, "s",
              "in the barrier of a diagnostic; else from its last item to the slowest rank's; NaN: "
              "unknown"),
          column("total_s", &R::total_s, "s", "from the common start to its last action"),
          column("items", &R::items, "1", "items that it computed; -1: unknown"),
          added(column("process_s", &R::process_s, "s",
                       "wall clock of the process that was started for this sample; NaN: unknown")),
          added(column("user_s", &R::user_s, "s", "processor time of that process in user mode")),
          added(column("system_s", &R::system_s, "s",
                       "processor time of that process in the kernel")),
          added(column("peak_bytes", &R::peak_bytes, "B",
                       "the most memory that the rank, or that process, has held so far; -1: "
                       "unknown"))}};
  add_seen(table, &R::seen, observed_quantities, said_of_ranks);
  return table;
}

}  // namespace

const RowTable<RankTimes>& rank_columns() {
  static const RowTable<RankTimes> table = make_rank_columns();
  return table;
}

const RowTable<double>& phase_time_columns() {
  static const RowTable<double> table{
      .path = "/phase_times",
      .meaning = "Each phase of each rank of each sample, in the order of time",
      .keys = {key("sample", "row of /samples", "whose"),
               key("rank", "1", "MPI rank, 0 without MPI"),
               key("phase", "row of /phases", "which")},
      .columns = {column_of<double>(
          "seconds", [](auto& seconds) -> auto& { return seconds; }, "s",
          "spent in it; in timed samples, transfer after the last parallel phase holds wait_s")}};
  return table;
}

const RowTable<double>& thread_columns() {
  static const RowTable<double> table{.path = "/threads",
                                      .meaning = "Each thread of each rank of each sample",
                                      .keys = {key("sample", "row of /samples", "whose"),
                                               key("rank", "1", "MPI rank, 0 without MPI"),
                                               key("thread", "1", "thread of the rank, from 0")},
                                      .columns = {column_of<double>(
                                          "busy_s", [](auto& seconds) -> auto& { return seconds; },
                                          "s", "spent on items, in parallel phases")}};
  return table;
}

const RowTable<StageTime>& stage_columns() {
  using S = StageTime;
  static const RowTable<S> table{
      .path = "/stages",
      .meaning = "Each stage of each sample of a pipeline, in the order in which files pass them",
      .keys = {key("sample", "row of /samples", "whose")},
      .columns = {column("stage", &S::stage, "text", "e.g. read, decode, compress, write"),
                  column("busy_s", &S::busy_s, "s",
                         "busy time of its threads on all ranks, without waits for other stages")}};
  return table;
}

const RowTable<Binding>& binding_columns() {
  using B = Binding;
  static const RowTable<B> table{
      .path = "/bindings",
      .meaning = "Where each thread of each launch could run",
      .keys = {key("launch", "row of /launches", "whose"),
               key("rank", "1", "MPI rank, 0 without MPI"),
               key("thread", "1", "thread of the rank, from 0")},
      .columns = {
          column("host", &B::host, "text", "name of its host"),
          column("cpus", &B::cpus, "CPU list", "processors that its mask really allowed"),
          column("last_cpu", &B::last_cpu, "1", "processor it was last seen on, -1: unknown")}};
  return table;
}

}  // namespace scalelaw::harness
