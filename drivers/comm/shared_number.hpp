#pragma once

#include <cstdint>

namespace scalelaw::driver {

/// How ranks reach a number that they share.
enum class Access {
  together,  ///< whenever they like: read(), write(), add()
  in_turn    ///< between lock() and unlock(): read(), write()
};

/// A whole number in the memory of the root, which every rank reads and changes one-sided.  Each
/// single operation is atomic; what a rank does between two of them is not.
/// Threads: open() and close() are collective; all members are for the thread that started the
/// Comm.
class SharedNumber {
 public:
  virtual ~SharedNumber() = default;

  /// Sets it to 0, and lets ranks reach it.  Ends with a barrier.
  virtual void open(Access access) = 0;
  /// Waits until all ranks have finished.  The number at the root, 0 elsewhere.
  virtual std::int64_t close() = 0;

  virtual std::int64_t read() = 0;
  virtual void write(std::int64_t value) = 0;
  virtual void add(std::int64_t amount) = 0;

  /// Returns when no other rank has it locked.
  virtual void lock() = 0;
  virtual void unlock() = 0;
};

}  // namespace scalelaw::driver
