#include "drivers/comm/mpi_shared_number.hpp"

#include "drivers/comm/mpi_window.hpp"

namespace scalelaw::driver {

MpiSharedNumber::MpiSharedNumber() {
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  const MPI_Aint size = rank_ == 0 ? sizeof(std::int64_t) : 0;
  window_ = make_window(
      [&](MPI_Win* window) {
        return MPI_Win_allocate(size, sizeof(std::int64_t), MPI_INFO_NULL, MPI_COMM_WORLD, &memory_,
                                window);
      },
      "use --update reduction; with Open MPI, --mca osc pt2pt may help");
}

MpiSharedNumber::~MpiSharedNumber() {
  if (is_open_to_all_) MPI_Win_unlock_all(window_);
  MPI_Win_free(&window_);
}

void MpiSharedNumber::open(Access access) {
  if (rank_ == 0) {
    lock();
    write(0);
    unlock();
  }
  MPI_Barrier(MPI_COMM_WORLD);
  if (access == Access::together) MPI_Win_lock_all(0, window_);
  is_open_to_all_ = access == Access::together;
}

std::int64_t MpiSharedNumber::close() {
  if (is_open_to_all_) MPI_Win_unlock_all(window_);
  is_open_to_all_ = false;
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank_ != 0) return 0;
  lock();
  const std::int64_t value = read();
  unlock();
  return value;
}

std::int64_t MpiSharedNumber::read() {
  return exchange(0, MPI_NO_OP);
}

void MpiSharedNumber::write(std::int64_t value) {
  exchange(value, MPI_REPLACE);
}

void MpiSharedNumber::add(std::int64_t amount) {
  exchange(amount, MPI_SUM);
}

void MpiSharedNumber::lock() {
  MPI_Win_lock(MPI_LOCK_EXCLUSIVE, 0, 0, window_);
}

void MpiSharedNumber::unlock() {
  MPI_Win_unlock(0, window_);
}

/// The number before the operation.
std::int64_t MpiSharedNumber::exchange(std::int64_t operand, MPI_Op operation) {
  std::int64_t before = 0;
  MPI_Fetch_and_op(&operand, &before, MPI_INT64_T, 0, 0, operation, window_);
  MPI_Win_flush(0, window_);
  return before;
}

}  // namespace scalelaw::driver
