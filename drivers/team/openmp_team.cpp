#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <string>

#include "common/error.hpp"
#include "drivers/team/team.hpp"

namespace scalelaw::driver {
namespace {

/// An environment variable with which a user limits OpenMP's threads, and how it does so.
struct Bound {
  const char* variable;
  bool (*holds)(const char* value, int threads);
};

bool is_below(const char* value, int threads) {
  return std::atoll(value) < threads;
}
bool is_zero(const char* value, int) {
  return std::atoll(value) == 0;
}
bool is_on(const char*, int) {
  return omp_get_dynamic() != 0;
}

constexpr std::array bounds{
    Bound{"OMP_THREAD_LIMIT", is_below},     Bound{"KMP_DEVICE_THREAD_LIMIT", is_below},
    Bound{"KMP_ALL_THREADS", is_below},      Bound{"KMP_MAX_THREADS", is_below},
    Bound{"OMP_MAX_ACTIVE_LEVELS", is_zero}, Bound{"OMP_DYNAMIC", is_on},
};

/// The remedy; names the variable that is set such that it forbids `threads`, if there is one.
std::string remedy(int threads, int came) {
  for (const Bound& bound : bounds) {
    const char* const value = std::getenv(bound.variable);
    if (value == nullptr || !bound.holds(value, threads)) continue;
    return fmt::format("{}={} allows no more: unset it, or use --threads {}", bound.variable, value,
                       came);
  }
  return fmt::format("the system or the OpenMP library allows no more: use --threads {}", came);
}

/// The OpenMP specification permits a team smaller than requested, and every call creates a new
/// one.  Work assigned to missing threads would not be done, so each call checks the number.
class OpenmpTeam final : public Team {
 public:
  explicit OpenmpTeam(int threads) : threads_(threads) {
    omp_set_dynamic(0);
    OpenmpTeam::run([](int) {});
  }

  [[nodiscard]] int size() const override { return threads_; }

  void run(const std::function<void(int)>& body) override {
    std::exception_ptr failure;
    int came = 0;
#pragma omp parallel num_threads(threads_)
    {
      const int size = omp_get_num_threads();
      if (omp_get_thread_num() == 0) came = size;
      try {
        if (size == threads_) body(omp_get_thread_num());
      } catch (...) {
#pragma omp critical(scalelaw_team_failure)
        if (!failure) failure = std::current_exception();
      }
    }
    if (failure) std::rethrow_exception(failure);
    if (came != threads_) {
      throw Error(fmt::format("OpenMP started {} thread{}, not the {} requested", came,
                              came == 1 ? "" : "s", threads_),
                  remedy(threads_, came));
    }
  }

 private:
  int threads_;
};

}  // namespace

std::unique_ptr<Team> make_openmp_team(int threads) {
  return std::make_unique<OpenmpTeam>(threads);
}

int default_openmp_threads() {
  if (omp_get_max_active_levels() == 0) return 1;
  return std::min(omp_get_max_threads(), omp_get_thread_limit());
}

}  // namespace scalelaw::driver
