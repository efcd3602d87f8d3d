#pragma once

#include <new>
#include <string>
#include <utility>

#include "drivers/comm/comm.hpp"
#include "drivers/comm/run_failure.hpp"

namespace scalelaw::driver {

/// An Error that every rank of the launch throws at the same place, so that all end in order.
class SharedError : public Error {
 public:
  SharedError(const std::string& what, std::string hint, bool while_running)
      : Error(what, std::move(hint)), while_running_(while_running) {}

  /// True when it was a RunFailure.
  [[nodiscard]] bool while_running() const noexcept { return while_running_; }

 private:
  bool while_running_;
};

/// The outcome of a step on one rank.
struct StepEnd {
  bool failed = false;
  bool while_running = false;  ///< failed with a RunFailure
  std::string what;
  std::string hint;
};

/// The Error for std::bad_alloc.
Error out_of_memory();

/// The collective part of together(): throws the first failed rank's error as SharedError.
void throw_first(Comm& comm, const StepEnd& mine);

/// Runs `step` on every rank.  If it throws Error or std::bad_alloc on any rank, throws the first
/// of these as SharedError on all, so that a launch ends in order with one message.  Collective.
template <class F>
void together(Comm& comm, F&& step) {
  StepEnd end;
  try {
    step();
  } catch (const RunFailure& error) {
    end = {true, true, error.what(), error.hint()};
  } catch (const Error& error) {
    end = {true, false, error.what(), error.hint()};
  } catch (const std::bad_alloc&) {
    end = {true, false, out_of_memory().what(), out_of_memory().hint()};
  }
  throw_first(comm, end);
}

}  // namespace scalelaw::driver
