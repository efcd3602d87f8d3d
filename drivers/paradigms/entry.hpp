#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "drivers/cli/kernel_entry.hpp"
#include "drivers/cli/kernel_options.hpp"
#include "drivers/cli/memory_check.hpp"
#include "drivers/cli/parameters.hpp"
#include "drivers/comm/together.hpp"
#include "drivers/record/session.hpp"

namespace scalelaw::driver {

/// The entry of a kernel that is no map over items and so has a pass of its own.  `P`: its
/// parameters, with `name`, `summary`, `size_parameter`, `fields()`, `check()` and `work()`.
/// `Pass`: made by Pass(params, team, comm), which is not collective and may throw Error.  It has
///   connect(): collective; called once, before the first pass;
///   operator()(bool diagnostic) -> PassTimes, collective;
///   facts(), verify(): of the last pass, called at the root;
///   static phases();
///   static nature(params) -> PassNature, static agreement(params) -> Agreement;
///   static faults(params) -> std::vector<Error>: what would keep it from running here.
template <class P, class Pass>
KernelEntry paradigm_entry() {
  const auto description_of = [](P params, const Options& options) {
    set_seed(params, options.seed);
    P::check(params);
    return description(P::name, parameters_of(params), P::size_parameter,
                       to_json(P::work(params), Pass::nature(params)));
  };
  const auto run = [](P params, const Identity& identity, const Options& options, Team& team,
                      Comm& comm) {
    set_seed(params, options.seed);
    together(comm, [&] { P::check(params); });
    const PassNature nature = Pass::nature(params);
    check_memory(P::work(params).resident_bytes, 0, nature.holds, comm);
    std::shared_ptr<Pass> pass;
    together(comm, [&] { pass = std::make_shared<Pass>(params, team, comm); });
    pass->connect();
    Subject subject;
    subject.kernel = P::name;
    subject.params = fields_to_json(params);
    subject.phases = Pass::phases();
    subject.work = P::work(params);
    subject.nature = nature;
    subject.agreement = Pass::agreement(params);
    subject.pass = [pass](bool diagnostic) { return (*pass)(diagnostic); };
    subject.facts = [pass] { return pass->facts(); };
    subject.verify = [pass] { return pass->verify(); };
    return measure(identity, options, subject, team, comm);
  };
  const auto bind = [=](CLI::App& app) {
    auto params = std::make_shared<P>();
    add_fields(app, *params);
    return BoundKernel{
        .params = [params] { return fields_to_json(*params); },
        .describe = [=](const Options& options) { return description_of(*params, options); },
        .run = [=](const Identity& identity, const Options& options, Team& team,
                   Comm& comm) { return run(*params, identity, options, team, comm); },
        .file_faults = [params](const Options&) { return Pass::faults(*params); }};
  };
  return {.name = std::string(P::name),
          .summary = std::string(P::summary),
          .fields = describe_fields<P>,
          .size_parameter = std::string(P::size_parameter),
          .schedule = {},
          .needs_ranks = false,
          .options = no_options,
          .bind = bind};
}

}  // namespace scalelaw::driver
