#include <omp.h>

#include <exception>

#include "drivers/team.hpp"

namespace scalelaw {
namespace {

class OpenmpTeam final : public Team {
 public:
  explicit OpenmpTeam(int threads) : threads_(threads) { omp_set_dynamic(0); }

  [[nodiscard]] int size() const override { return threads_; }

  void run(const std::function<void(int)>& body) override {
    std::exception_ptr failure;
#pragma omp parallel num_threads(threads_)
    {
      try {
        body(omp_get_thread_num());
      } catch (...) {
#pragma omp critical(scalelaw_team_failure)
        if (!failure) failure = std::current_exception();
      }
    }
    if (failure) std::rethrow_exception(failure);
  }

 private:
  int threads_;
};

}  // namespace

std::unique_ptr<Team> make_openmp_team(int threads) {
  return std::make_unique<OpenmpTeam>(threads);
}

int default_openmp_threads() {
  return omp_get_max_threads();
}

}  // namespace scalelaw
