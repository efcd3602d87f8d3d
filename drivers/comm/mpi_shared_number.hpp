#pragma once

#include <mpi.h>

#include "drivers/comm/shared_number.hpp"

namespace scalelaw::driver {

/// A SharedNumber as a window of MPI.  Reading and writing are accumulate operations, of which MPI
/// says what happens when several ranks do them at once.  Of MPI_Get and MPI_Put it does not.
/// Source:  MPI 3.1, section 11.7.1, and 11.3.4 for MPI_NO_OP and MPI_REPLACE.
class MpiSharedNumber final : public SharedNumber {
 public:
  /// Collective.
  /// Errors: throws Error where the library has no such windows.
  MpiSharedNumber();
  MpiSharedNumber(const MpiSharedNumber&) = delete;
  MpiSharedNumber& operator=(const MpiSharedNumber&) = delete;
  ~MpiSharedNumber() override;  ///< collective

  void open(Access access) override;
  std::int64_t close() override;
  std::int64_t read() override;
  void write(std::int64_t value) override;
  void add(std::int64_t amount) override;
  void lock() override;
  void unlock() override;

 private:
  std::int64_t exchange(std::int64_t operand, MPI_Op operation);

  MPI_Win window_ = MPI_WIN_NULL;
  std::int64_t* memory_ = nullptr;  ///< of the root
  int rank_ = 0;
  bool is_open_to_all_ = false;
};

}  // namespace scalelaw::driver
