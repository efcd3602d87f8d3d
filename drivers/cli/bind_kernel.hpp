#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "drivers/cli/driver_options.hpp"
#include "drivers/cli/kernel_entry.hpp"
#include "drivers/cli/kernel_options.hpp"
#include "drivers/cli/memory_check.hpp"
#include "drivers/cli/parameters.hpp"
#include "drivers/comm/together.hpp"
#include "drivers/input/faults.hpp"
#include "drivers/input/files.hpp"
#include "drivers/input/read_together.hpp"
#include "drivers/pass/communication.hpp"
#include "drivers/pass/pipelines.hpp"
#include "drivers/pass/run.hpp"
#include "drivers/record/session.hpp"
#include "drivers/tuning/choice.hpp"

namespace scalelaw::driver {

/// The kernel's work; its memory includes what each of `ranks` needs to read the input.
template <Kernel K>
Work work_of(const typename K::Params& params, int ranks) {
  Work work = K::work(params);
  work.resident_bytes += ranks * Files<K>::reading_bytes(params);
  return work;
}

/// Whether a kernel's parameters name input files.
template <class K>
concept TakesInputFiles = requires(typename K::Params params) {
  params.input;
};

/// What a kernel supports.
template <Kernel K>
KernelOffer offer_of() {
  return {.has_input_files = TakesInputFiles<K>,
          .has_pipeline = Pipeline<K>::exists,
          .shares_bulk = SharesBulk<K>,
          .streams = StreamsFromMemory<K>};
}

/// What is known before anything is read.
template <Kernel K>
Subject new_subject(const Options& options) {
  Subject subject;
  subject.kernel = K::name;
  subject.options = values_of(driver_options(offer_of<K>()), options);
  subject.nature = nature_of(options);
  return subject;
}

template <Kernel K>
Subject subject_of(const std::shared_ptr<Pass<K>>& pass, const Options& options, int ranks) {
  Subject subject = new_subject<K>(options);
  subject.params = fields_to_json(pass->params());
  subject.phases = Pass<K>::phases();
  subject.work = work_of<K>(pass->params(), ranks);
  subject.nature.communication = communication_of<K>(pass->params(), options);
  subject.pass = [pass](bool diagnostic) { return (*pass)(diagnostic); };
  subject.facts = [pass] { return K::facts(pass->params(), pass->result()); };
  subject.write = [pass] { Files<K>::write(pass->params(), pass->result()); };
  if (!Files<K>::given(pass->params())) {
    subject.verify = [pass] { return K::verify(pass->params(), pass->result()); };
  }
  return subject;
}

/// Chooses how the kernel's loop streams, on the input of `pass`.  Collective.
template <Kernel K>
std::optional<TuningChoice> tune(Pass<K>& pass, const Options& options, Comm& comm) {
  if constexpr (StreamsFromMemory<K>) {
    const Work work = K::work(pass.params());
    const std::int64_t held = pass.held_items().size();
    const double part =
        static_cast<double>(held) / static_cast<double>(std::max<std::int64_t>(1, work.items));
    const TrialItems trial{held, part * work.compulsory_bytes,
                           [&](std::int64_t begin, std::int64_t end) {
                             return pass.seconds_for({begin, end});
                           }};
    return choose_tuning(K::stream_loop(pass.params()), options, trial, comm);
  }
  return std::nullopt;
}

/// Errors: throws Error when the parameters do not suit the mode.
template <Kernel K>
void check_mode(const typename K::Params& params, Mode mode) {
  if constexpr (Pipeline<K>::exists) {
    if (mode == Mode::pipeline) Pipeline<K>::check(params);
  }
}

/// Errors: throws Error when input is to be scattered but the kernel has none.
template <Kernel K>
void check_scatter(const typename K::Params& params, const Options& options) {
  if (options.data != Data::scatter || K::items(params) == 0) return;
  auto nothing = K::allocate(params, Range{0, 1});
  if (!K::pieces(params, nothing, Range{0, 1}).empty()) return;
  throw Error("this kernel has no input to scatter", "omit --data scatter");
}

template <Kernel K>
int run_kernel(typename K::Params params, const Identity& identity, const Options& options,
               Team& team, Comm& comm) {
  set_seed(params, options.seed);
  together(comm, [&] { check_mode<K>(params, options.mode); });
  if constexpr (Pipeline<K>::exists) {
    if (options.mode == Mode::pipeline) {
      return Pipeline<K>::run(std::move(params), new_subject<K>(options), identity, options, team,
                              comm);
    }
  }
  read_together<K>(params, comm, [&] { Files<K>::open(params); });
  together(comm, [&] { K::check(params); });
  const Work work = K::work(params);
  check_memory(work.resident_bytes, Files<K>::reading_bytes(params), options, comm);
  together(comm, [&] {
    check_scatter<K>(params, options);
    if (!comm.is_root()) return;
    Files<K>::check_output(params);
    Files<K>::make_output(params);
  });
  const auto pass = std::make_shared<Pass<K>>(params, options, team, comm);
  Subject subject = subject_of(pass, options, comm.size());
  subject.tuning = tune(*pass, options, comm);
  return measure(identity, options, subject, team, comm);
}

/// Every fault of the inputs and outputs that the parameters name.
template <Kernel K>
std::vector<Error> file_faults(typename K::Params params, const Options& options) {
  Faults faults;
  set_seed(params, options.seed);
  faults.look([&] { check_mode<K>(params, options.mode); });
  faults.look([&] { Files<K>::check_input(params); });
  if (faults.all().empty()) faults.look([&] { K::check(params); });
  faults.look([&] { Files<K>::check_output(params); });
  return faults.all();
}

template <Kernel K>
KernelEntry kernel_entry() {
  using Params = typename K::Params;
  const auto bind = [](CLI::App& app) {
    auto params = std::make_shared<Params>();
    add_fields(app, *params);
    describe_input(app, Files<K>::derived);
    const auto describe = [params](const Options& options) {
      set_seed(*params, options.seed);
      check_mode<K>(*params, options.mode);
      Files<K>::open(*params);
      K::check(*params);
      check_scatter<K>(*params, options);
      PassNature nature = nature_of(options);
      nature.communication = communication_of<K>(*params, options);
      return description(K::name, parameters_of(*params),
                         Files<K>::given(*params) ? "" : K::size_parameter,
                         to_json(work_of<K>(*params, 1), nature));
    };
    const auto run = [params](const Identity& identity, const Options& options, Team& team,
                              Comm& comm) {
      return run_kernel<K>(*params, identity, options, team, comm);
    };
    return BoundKernel{
        .params = [params] { return fields_to_json(*params); },
        .describe = describe,
        .run = run,
        .check =
            [params, &app] {
              if (Files<K>::given(*params)) check_given(app, Files<K>::derived);
            },
        .file_faults =
            [params](const Options& options) { return file_faults<K>(*params, options); }};
  };
  return {.name = std::string(K::name),
          .summary = std::string(K::summary),
          .fields = describe_fields<Params>,
          .size_parameter = std::string(K::size_parameter),
          .schedule = K::schedule,
          .needs_ranks = false,
          .options = [] { return driver_options(offer_of<K>()); },
          .bind = bind};
}

/// One entry for each kernel type of a std::tuple.
template <class Tuple>
std::vector<KernelEntry> kernel_entries() {
  return []<class... Ks>(std::type_identity<std::tuple<Ks...>>) {
    return std::vector<KernelEntry>{kernel_entry<Ks>()...};
  }(std::type_identity<Tuple>{});
}

}  // namespace scalelaw::driver
