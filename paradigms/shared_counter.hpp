#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/field.hpp"
#include "kernels/kernel.hpp"

namespace scalelaw::paradigms {

/// How a worker adds one to the counter that it shares with others.
enum class Update {
  race,      ///< reads it and writes it back, while others do
  lock,      ///< holds a lock meanwhile
  atomic,    ///< in one operation
  reduction  ///< adds to a counter of its own, which is added to the shared one at the end
};
constexpr auto enum_names(Update) {
  return std::array<std::string_view, 4>{"race", "lock", "atomic", "reduction"};
}

/// The parameters of the kernel `shared_counter` (docs/kernels/shared_counter.md).
struct SharedCounter {
  static constexpr std::string_view name = "shared_counter";
  static constexpr std::string_view summary =
      "workers that count on one counter, with and without a lock";
  static constexpr std::string_view size_parameter = "increments";

  std::int64_t increments = 10'000'000;
  Update update = Update::atomic;
  std::int64_t steps = 0;

  static constexpr auto fields() {
    using P = SharedCounter;
    return std::tuple{
        Field<P, std::int64_t>{"increments", &P::increments, "increments of all workers together",
                               1, std::int64_t{1} << 50},
        Field<P, Update>{"update", &P::update, "how a worker increments the shared counter"},
        Field<P, std::int64_t>{"steps", &P::steps, "steps of other work before each increment", 0,
                               1'000'000}};
  }

  static void check(const SharedCounter&) {}
  static Work work(const SharedCounter& params);
};

/// `count` and how many increments were `lost`.
std::vector<Fact> facts_of(const SharedCounter& params, std::int64_t count);

/// Empty when the count is right, else what is wrong.  Without a lock, several workers that share a
/// counter may lose increments; never all of them, and they gain none.
std::string fault_of(const SharedCounter& params, std::int64_t count, int workers);

}  // namespace scalelaw::paradigms
