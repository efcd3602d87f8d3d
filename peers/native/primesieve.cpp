#include <fmt/format.h>

#include <algorithm>
#include <primesieve.hpp>

#include "common/error.hpp"
#include "drivers/cli/bind_kernel.hpp"
#include "drivers/cli/driver_main.hpp"
#include "kernels/prime_sieve/prime_sieve.hpp"

namespace scalelaw::driver {
namespace {

/// libprimesieve as a kernel.  It has the same parameters; items have the length that it gives its
/// own threads (ParallelSieve: 1000 square roots of the limit, at least 10^7), and each chunk of
/// consecutive items is one call.
struct Primesieve : PrimeSieve {
  static constexpr std::string_view summary = "libprimesieve: count of the primes in an interval";
  // One call per item would cost a tenth of the speed; in chunks it is as fast as with its
  // own threads.
  static constexpr Schedule schedule{.kind = Schedule::Kind::guided};

  struct Shared {};
  struct Workspace {};

  static void check(const Params& params) {
    PrimeSieve::check(params);
    if (params.checksum != Checksum::none) {
      throw Error("libprimesieve counts primes but does not add them up",
                  "use --checksum none, here and for what it is compared with");
    }
    if (params.l1_bytes != 0 || params.l2_bytes != 0) {
      throw Error("libprimesieve chooses its own sizes", "omit --l1-bytes and --l2-bytes");
    }
  }

  static std::int64_t item_numbers(const Params& params) {
    return std::max<std::int64_t>(10'000'000, 1000 * sieve::integer_root(params.limit));
  }

  static std::int64_t items(const Params& params) {
    return (params.limit - params.from) / item_numbers(params) + 1;
  }

  static Work work(const Params& params) {
    Work work = PrimeSieve::work(params);
    work.items = items(params);
    return work;
  }

  static Shared prepare(const Params&) {
    primesieve::set_num_threads(1);  // the team's threads call it
    return {};
  }

  static void compute(const Params& params, const Shared&, const Storage&, Range range, Workspace&,
                      Partial& partial) {
    if (range.empty()) return;
    const std::int64_t item = item_numbers(params);
    const std::int64_t first = params.from + range.begin * item;
    const std::int64_t last = std::min(params.limit, params.from + range.end * item - 1);
    const auto start = static_cast<std::uint64_t>(first);
    const auto stop = static_cast<std::uint64_t>(last);
    partial.count += static_cast<std::int64_t>(primesieve::count_primes(start, stop));
    if (params.twins) {
      // A pair belongs to the range that contains its first number.
      const auto beyond = static_cast<std::uint64_t>(std::min(params.limit, last + 2));
      partial.twins += static_cast<std::int64_t>(primesieve::count_twins(start, beyond));
    }
  }

  static Result finish(const Params&, Partial&& partial) { return partial; }
};

}  // namespace
}  // namespace scalelaw::driver

int main(int argc, char** argv) {
  using namespace scalelaw::driver;
  const ExecutionModel model{.is = {.name = "openmp", .title = "OpenMP", .threaded = true},
                             .make_team = make_openmp_team,
                             .make_comm = make_self_comm,
                             .default_threads = default_openmp_threads};
  return driver_main(argc, argv, "primesieve", model, kernel_entries<std::tuple<Primesieve>>);
}
