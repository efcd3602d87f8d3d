#pragma once

#include <string>

#include "drivers/comm.hpp"
#include "drivers/options.hpp"
#include "kernels/kernel.hpp"

namespace scalelaw {

/// An Error that every rank of the launch throws at the same place, so that all can end in order.
class SharedError : public Error {
 public:
  using Error::Error;
};

/// Throws Error when options contradict each other or what there is: overlap without scatter,
/// chunks for ranks without turns, a file without an input.
void check_options(const Options& options, bool has_input_pieces, bool input_given);

/// Throws Error when this node's ranks together need more memory than it has available.
/// Collective.  resident_bytes is the whole problem's; what a rank holds depends on the options.
void check_memory(double resident_bytes, const Options& options, Comm& comm);

/// The collective half of together(): throws the first failed rank's error as SharedError.
void throw_first(Comm& comm, bool failed, const std::string& what, const std::string& hint);

/// Runs `step` on every rank; when it throws Error on any, throws the first such as SharedError on
/// all, so that a launch ends in order with one message.  Collective.
template <class F>
void together(Comm& comm, F&& step) {
  bool failed = false;
  std::string what;
  std::string hint;
  try {
    step();
  } catch (const Error& error) {
    failed = true;
    what = error.what();
    hint = error.hint();
  }
  throw_first(comm, failed, what, hint);
}

}  // namespace scalelaw
