#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "drivers/comm/shared_number.hpp"
#include "kernels/kernel.hpp"

namespace scalelaw::driver {

using Bytes = std::vector<std::byte>;

/// Seconds on the system's monotonic clock since some fixed instant.
double steady_now_s();

/// A message in transit.
class Transfer {
 public:
  virtual ~Transfer() = default;
  virtual void wait() = 0;
  /// True once it has arrived; also lets the transport make progress.
  virtual bool test() = 0;
};

/// Merges the partial at `from`, which comes later in item order, into the one at `into`.
using MergeBytes = void (*)(void* into, const void* from);

/// The processes of one launch, numbered from 0 (the root).  Counts are bytes and may exceed 2^31.
/// Threads: all ranks call the collective functions in the same order, from one thread.
class Comm {
 public:
  virtual ~Comm() = default;
  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int size() const = 0;
  [[nodiscard]] bool is_root() const { return rank() == 0; }

  /// Seconds on this process's monotonic clock since some fixed instant.  It is a driver's only
  /// clock, so that a simulated transport can report simulated time.  Any thread may call it.
  [[nodiscard]] virtual double now_s() const { return steady_now_s(); }
  /// The name of that clock in the record.
  [[nodiscard]] virtual std::string clock_name() const { return "steady_clock"; }

  virtual void barrier() = 0;

  /// At the root, every rank's bytes in rank order; elsewhere empty.
  virtual std::vector<Bytes> gather(const Bytes& mine) = 0;

  /// The root's bytes, on every rank.
  virtual Bytes broadcast(Bytes of_root) = 0;

  /// Replaces the trivially copyable `value` of `size` bytes by the merge of all ranks' values in
  /// rank order.  One allreduce.
  virtual void allreduce(void* value, std::size_t size, MergeBytes merge) = 0;

  /// Starts sending or receiving `pieces` as one message.  Both sides must agree on the sizes of
  /// the pieces, in order; the memory must stay valid until the transfer has ended.
  virtual std::unique_ptr<Transfer> send(const std::vector<Piece>& pieces, int to) = 0;
  virtual std::unique_ptr<Transfer> receive(const std::vector<Piece>& pieces, int from) = 0;

  /// Adds to a counter at the root that any rank can access one-sided; returns its previous value.
  /// reset_counter() is collective and ends with a barrier.
  virtual std::int64_t fetch_add(std::int64_t amount) = 0;
  virtual void reset_counter() = 0;

  /// A number that all ranks share, for several of them.  Its first call is collective.
  virtual SharedNumber& shared_number() = 0;

  /// Makes the root's `memory` readable by every rank, one-sided: read(i, ...) fetches the parts
  /// `table[i]` of it.  Collective; the root's arguments count, other ranks pass empty ones.
  virtual void expose(const std::vector<Piece>& memory,
                      const std::vector<std::vector<Piece>>& table) = 0;
  /// Ends expose(); call it before the memory is freed.  Collective.
  virtual void conceal() = 0;
  virtual void read(std::int64_t entry, const std::vector<Piece>& into) = 0;

  /// Ends all ranks of the launch immediately with this exit status.
  [[noreturn]] virtual void abort(int status) = 0;

  /// Name and version of the library, and the thread support it granted; empty without a library.
  [[nodiscard]] virtual std::string library() const = 0;
  [[nodiscard]] virtual std::string thread_level() const = 0;
};

/// A number as a piece of memory.
inline Piece piece_of(std::int64_t& number) {
  return {reinterpret_cast<std::byte*>(&number), sizeof number};
}

/// Sends a message whose size only the sender knows.
void send_bytes(Comm& comm, const Bytes& bytes, int to);
Bytes receive_bytes(Comm& comm, int from);

/// A single process.
std::unique_ptr<Comm> make_self_comm();

/// All processes of MPI_COMM_WORLD.  Initialises MPI, and finalises it at the end (mpi_comm.cpp).
std::unique_ptr<Comm> make_mpi_comm();

/// The name and version of the MPI library, which may be asked before MPI starts.
std::string mpi_library();

/// True when this process was started as a rank other than 0.  Read from the launcher's
/// environment, so that it is known before MPI starts and only one rank prints a message.
bool launched_as_other_rank();

/// The number of ranks in this launch, from the launcher's environment; 1 without a launcher.
/// SLURM_NTASKS is ignored: it describes the batch job, not how a program in it was started.
std::int64_t ranks_launched();

}  // namespace scalelaw::driver
