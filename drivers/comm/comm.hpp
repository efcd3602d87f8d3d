#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/kernel.hpp"

namespace scalelaw::driver {

using Bytes = std::vector<std::byte>;

/// Seconds on the system's monotonic clock since some fixed instant.
double steady_now_s();

/// A message under way.
class Transfer {
 public:
  virtual ~Transfer() = default;
  virtual void wait() = 0;
  /// True once it has arrived; also lets the transport make progress.
  virtual bool test() = 0;
};

/// Merges the partial at `from`, the later one in item order, into the one at `into`.
using MergeBytes = void (*)(void* into, const void* from);

/// The processes of one launch, numbered from 0 (the root).  Counts are bytes and may exceed 2^31.
/// Collective functions are called by every rank in the same order, from one thread.
class Comm {
 public:
  virtual ~Comm() = default;
  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int size() const = 0;
  [[nodiscard]] bool is_root() const { return rank() == 0; }

  /// Seconds on this process's monotonic clock since some fixed instant: the only clock of a
  /// driver, so that a transport which simulates a machine can tell the machine's time.  Any thread
  /// may call it.
  [[nodiscard]] virtual double now_s() const { return steady_now_s(); }
  /// What the record calls that clock.
  [[nodiscard]] virtual std::string clock_name() const { return "steady_clock"; }

  virtual void barrier() = 0;

  /// At the root every rank's bytes, in rank order; elsewhere empty.
  virtual std::vector<Bytes> gather(const Bytes& mine) = 0;

  /// The root's bytes, everywhere.
  virtual Bytes broadcast(Bytes of_root) = 0;

  /// Replaces the trivially copyable `value` of `size` bytes by the merge of all ranks', in rank
  /// order.  One allreduce.
  virtual void allreduce(void* value, std::size_t size, MergeBytes merge) = 0;

  /// Starts sending or receiving `pieces` as one message.  The pieces' sizes, in order, must agree
  /// on both sides; the memory must stay until the transfer has ended.
  virtual std::unique_ptr<Transfer> send(const std::vector<Piece>& pieces, int to) = 0;
  virtual std::unique_ptr<Transfer> receive(const std::vector<Piece>& pieces, int from) = 0;

  /// A counter at the root that any rank adds to, one-sided: its value before.  reset_counter() is
  /// collective and ends with a barrier.
  virtual std::int64_t fetch_add(std::int64_t amount) = 0;
  virtual void reset_counter() = 0;

  /// Makes the root's `memory` readable by every rank, one-sided: `table[i]` are the parts of it
  /// that read(i, ...) fetches.  Collective; the root's arguments count, others pass empty ones.
  virtual void expose(const std::vector<Piece>& memory,
                      const std::vector<std::vector<Piece>>& table) = 0;
  /// Ends what expose() began, before the memory goes.  Collective.
  virtual void conceal() = 0;
  virtual void read(std::int64_t entry, const std::vector<Piece>& into) = 0;

  /// Ends every rank of the launch at once with this exit status.
  [[noreturn]] virtual void abort(int status) = 0;

  /// Name and version of the library, and the thread support it granted; empty without one.
  [[nodiscard]] virtual std::string library() const = 0;
  [[nodiscard]] virtual std::string thread_level() const = 0;
};

/// A number as the memory that holds it.
inline Piece piece_of(std::int64_t& number) {
  return {reinterpret_cast<std::byte*>(&number), sizeof number};
}

/// A message of a size that only the sender knows.
void send_bytes(Comm& comm, const Bytes& bytes, int to);
Bytes receive_bytes(Comm& comm, int from);

/// One process by itself.
std::unique_ptr<Comm> make_self_comm();

/// All processes of MPI_COMM_WORLD: initialises MPI and finalises it at the end (mpi_comm.cpp).
std::unique_ptr<Comm> make_mpi_comm();

/// True when this process was started as a rank other than 0, known before MPI starts, from the
/// launcher's environment; so that one message is printed and not one a rank.
bool launched_as_other_rank();

/// How many ranks a launcher started this process as one of, from its environment; 1 when none did.
/// What a batch job has been given (SLURM_NTASKS) says nothing of how a program in it was started.
std::int64_t ranks_launched();

}  // namespace scalelaw::driver
