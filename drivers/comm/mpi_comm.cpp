#include <mpi.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <limits>
#include <numeric>

#include "common/error.hpp"
#include "drivers/comm/comm.hpp"
#include "drivers/comm/mpi_pieces.hpp"
#include "drivers/comm/mpi_shared_number.hpp"
#include "drivers/comm/mpi_window.hpp"
#include "drivers/comm/undelayed_sockets.hpp"

namespace scalelaw::driver {
namespace {

class MpiTransfer final : public Transfer {
 public:
  explicit MpiTransfer(MPI_Request request) : request_(request) {}
  MpiTransfer(const MpiTransfer&) = delete;
  MpiTransfer& operator=(const MpiTransfer&) = delete;
  ~MpiTransfer() override {
    // Do not wait after a failure: the launch is about to be aborted.
    if (std::uncaught_exceptions() == 0) MpiTransfer::wait();
  }
  // NOLINTNEXTLINE(clang-analyzer-optin.mpi.MPI-Checker): request made where the transfer started
  void wait() override { MPI_Wait(&request_, MPI_STATUS_IGNORE); }
  bool test() override {
    int done = 0;
    MPI_Test(&request_, &done, MPI_STATUS_IGNORE);
    return done != 0;
  }

 private:
  MPI_Request request_;
};

/// The function that an MPI reduction calls; a variable, because MPI passes no context to it.
MergeBytes current_merge = nullptr;
void merge_adapter(void* lower, void* upper, int* length, MPI_Datatype* type) {
  int size = 0;
  MPI_Type_size(*type, &size);
  Bytes merged(static_cast<std::size_t>(size));
  for (int i = 0; i < *length; ++i) {
    auto* into = static_cast<std::byte*>(upper) + std::ptrdiff_t{i} * size;
    const auto* first = static_cast<const std::byte*>(lower) + std::ptrdiff_t{i} * size;
    std::copy_n(first, size, merged.data());
    current_merge(merged.data(), into);
    std::copy_n(merged.data(), size, into);
  }
}

bool differ(const char* a, const char* b) {
  const char* first = std::getenv(a);
  const char* second = std::getenv(b);
  return first != nullptr && second != nullptr && std::strcmp(first, second) != 0;
}

/// Between hosts connected by TCP only, Open MPI 4.1 prefers its one-sided component for RDMA,
/// which then cannot create a window.  Excluding it does no harm, because UCX's component serves
/// RDMA networks.  Call it before MPI_Init; a choice made by the user is kept.
void avoid_rdma_windows_between_hosts() {
  const char* nodes = std::getenv("SLURM_STEP_NUM_NODES");
  const bool several = differ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE") ||
                       (nodes != nullptr && std::atoi(nodes) > 1);
  if (several) setenv("OMPI_MCA_osc", "^rdma", 0);
}

constexpr const char* no_windows =
    "use --distribution block; with Open MPI, --mca osc pt2pt may help";

class MpiComm final : public Comm {
 public:
  MpiComm() {
    avoid_rdma_windows_between_hosts();
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided_);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
  }
  MpiComm(const MpiComm&) = delete;
  MpiComm& operator=(const MpiComm&) = delete;
  ~MpiComm() override {
    if (counter_window_ != MPI_WIN_NULL) {
      MPI_Win_unlock_all(counter_window_);
      MPI_Win_free(&counter_window_);
    }
    MpiComm::conceal();
    number_.reset();
    // Open MPI 4 says good-bye to mpirun in several small messages.  Without this the second waits
    // for the acknowledgement of the first, which the system delays by 40 ms.
    send_small_messages_at_once();
    MPI_Finalize();
  }

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return size_; }
  void barrier() override { MPI_Barrier(MPI_COMM_WORLD); }

  std::vector<Bytes> gather(const Bytes& mine) override;
  Bytes broadcast(Bytes of_root) override;
  void allreduce(void* value, std::size_t size, MergeBytes merge) override;

  std::unique_ptr<Transfer> send(const std::vector<Piece>& pieces, int to) override {
    MPI_Request request = MPI_REQUEST_NULL;
    if (is_plain(pieces)) {
      MPI_Isend(pieces[0].data(), narrow(pieces[0].size()), MPI_BYTE, to, 0, MPI_COMM_WORLD,
                &request);
    } else {
      const PiecesType type(pieces);
      MPI_Isend(MPI_BOTTOM, 1, type.get(), to, 0, MPI_COMM_WORLD, &request);
    }
    // NOLINTNEXTLINE(clang-analyzer-optin.mpi.MPI-Checker): MpiTransfer waits for it
    return std::make_unique<MpiTransfer>(request);
  }
  std::unique_ptr<Transfer> receive(const std::vector<Piece>& pieces, int from) override {
    MPI_Request request = MPI_REQUEST_NULL;
    if (is_plain(pieces)) {
      MPI_Irecv(pieces[0].data(), narrow(pieces[0].size()), MPI_BYTE, from, 0, MPI_COMM_WORLD,
                &request);
    } else {
      const PiecesType type(pieces);
      MPI_Irecv(MPI_BOTTOM, 1, type.get(), from, 0, MPI_COMM_WORLD, &request);
    }
    // NOLINTNEXTLINE(clang-analyzer-optin.mpi.MPI-Checker): MpiTransfer waits for it
    return std::make_unique<MpiTransfer>(request);
  }

  std::int64_t fetch_add(std::int64_t amount) override {
    std::int64_t before = 0;
    MPI_Fetch_and_op(&amount, &before, MPI_INT64_T, 0, 0, MPI_SUM, counter_window_);
    MPI_Win_flush(0, counter_window_);
    return before;
  }
  void reset_counter() override;
  SharedNumber& shared_number() override {
    if (!number_) number_ = std::make_unique<MpiSharedNumber>();
    return *number_;
  }

  void expose(const std::vector<Piece>& memory,
              const std::vector<std::vector<Piece>>& table) override;
  void conceal() override {
    if (memory_window_ != MPI_WIN_NULL) {
      MPI_Win_unlock_all(memory_window_);
      barrier();  // until all ranks have finished reading
      for (const void* memory : attached_) MPI_Win_detach(memory_window_, memory);
      MPI_Win_free(&memory_window_);
    }
    attached_.clear();
    exposed_.clear();
  }
  void read(std::int64_t entry, const std::vector<Piece>& into) override;

  [[noreturn]] void abort(int status) override {
    MPI_Abort(MPI_COMM_WORLD, status);
    std::_Exit(status);
  }

  [[nodiscard]] std::string library() const override { return mpi_library(); }
  [[nodiscard]] std::string thread_level() const override {
    switch (provided_) {
      case MPI_THREAD_SINGLE:
        return "single";
      case MPI_THREAD_FUNNELED:
        return "funneled";
      case MPI_THREAD_SERIALIZED:
        return "serialized";
      default:
        return "multiple";
    }
  }

 private:
  /// One piece whose size fits MPI's int needs no datatype of its own.
  static bool is_plain(const std::vector<Piece>& pieces) {
    return pieces.size() == 1 &&
           pieces[0].size() <= static_cast<std::size_t>(std::numeric_limits<int>::max());
  }

  int provided_ = 0;
  int rank_ = 0;
  int size_ = 1;
  MPI_Win counter_window_ = MPI_WIN_NULL;
  std::int64_t* counter_ = nullptr;
  std::unique_ptr<MpiSharedNumber> number_;
  MPI_Win memory_window_ = MPI_WIN_NULL;
  std::vector<const void*> attached_;  ///< parts of the memory window, on the root
  /// The root's table as addresses and byte counts, per entry; known to every rank.
  std::vector<std::vector<std::pair<MPI_Aint, std::int64_t>>> exposed_;
};

std::vector<Bytes> MpiComm::gather(const Bytes& mine) {
  const auto size = static_cast<std::int64_t>(mine.size());
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(size_));
  MPI_Gather(&size, 1, MPI_INT64_T, sizes.data(), 1, MPI_INT64_T, 0, MPI_COMM_WORLD);
  if (!is_root()) {
    // Sending does not modify the bytes; Piece is mutable for receiving.
    if (size > 0) send({Piece(const_cast<std::byte*>(mine.data()), mine.size())}, 0)->wait();
    return {};
  }
  std::vector<Bytes> all(static_cast<std::size_t>(size_));
  std::vector<std::unique_ptr<Transfer>> arriving;
  all[0] = mine;
  for (int from = 1; from < size_; ++from) {
    Bytes& into = all[static_cast<std::size_t>(from)];
    into.resize(static_cast<std::size_t>(sizes[static_cast<std::size_t>(from)]));
    if (!into.empty()) arriving.push_back(receive({Piece(into)}, from));
  }
  for (const auto& transfer : arriving) transfer->wait();
  return all;
}

Bytes MpiComm::broadcast(Bytes of_root) {
  auto size = static_cast<std::int64_t>(of_root.size());
  MPI_Bcast(&size, 1, MPI_INT64_T, 0, MPI_COMM_WORLD);
  of_root.resize(static_cast<std::size_t>(size));
  const PiecesType type({Piece(of_root)});
  if (size > 0) MPI_Bcast(MPI_BOTTOM, 1, type.get(), 0, MPI_COMM_WORLD);
  return of_root;
}

void MpiComm::allreduce(void* value, std::size_t size, MergeBytes merge) {
  MPI_Datatype type = MPI_DATATYPE_NULL;
  MPI_Type_contiguous(narrow(size), MPI_BYTE, &type);
  MPI_Type_commit(&type);
  MPI_Op operation = MPI_OP_NULL;
  MPI_Op_create(merge_adapter, 0, &operation);
  current_merge = merge;
  MPI_Allreduce(MPI_IN_PLACE, value, 1, type, operation, MPI_COMM_WORLD);
  MPI_Op_free(&operation);
  MPI_Type_free(&type);
}

void MpiComm::reset_counter() {
  if (counter_window_ == MPI_WIN_NULL) {
    const MPI_Aint size = is_root() ? sizeof(std::int64_t) : 0;
    counter_window_ = make_window(
        [&](MPI_Win* window) {
          return MPI_Win_allocate(size, sizeof(std::int64_t), MPI_INFO_NULL, MPI_COMM_WORLD,
                                  &counter_, window);
        },
        no_windows);
    MPI_Win_lock_all(0, counter_window_);
  }
  if (is_root()) {
    const std::int64_t zero = 0;
    std::int64_t before = 0;
    MPI_Fetch_and_op(&zero, &before, MPI_INT64_T, 0, 0, MPI_REPLACE, counter_window_);
    MPI_Win_flush(0, counter_window_);
  }
  barrier();
}

void MpiComm::expose(const std::vector<Piece>& memory,
                     const std::vector<std::vector<Piece>>& table) {
  Bytes flat;
  const auto put = [&flat](std::int64_t value) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&value);
    flat.insert(flat.end(), bytes, bytes + sizeof value);
  };
  // Open MPI has no window for a single process, and a single root reads from its own memory.
  if (size_ > 1) {
    memory_window_ = make_window(
        [](MPI_Win* window) {
          return MPI_Win_create_dynamic(MPI_INFO_NULL, MPI_COMM_WORLD, window);
        },
        no_windows);
  }
  for (const Piece& piece : memory) {
    if (piece.empty() || size_ == 1) continue;
    MPI_Win_attach(memory_window_, piece.data(), static_cast<MPI_Aint>(piece.size()));
    attached_.push_back(piece.data());
  }
  for (const std::vector<Piece>& pieces : table) {
    put(static_cast<std::int64_t>(pieces.size()));
    for (const Piece& piece : pieces) {
      MPI_Aint address = 0;
      if (!piece.empty()) MPI_Get_address(piece.data(), &address);
      put(address);
      put(static_cast<std::int64_t>(piece.size()));
    }
  }
  flat = broadcast(std::move(flat));
  const auto* next = reinterpret_cast<const std::int64_t*>(flat.data());
  const auto* end = next + flat.size() / sizeof(std::int64_t);
  exposed_.clear();
  while (next != end) {
    auto& entry = exposed_.emplace_back();
    for (std::int64_t left = *next++; left > 0; --left, next += 2) {
      entry.emplace_back(static_cast<MPI_Aint>(next[0]), next[1]);
    }
  }
  if (size_ > 1) MPI_Win_lock_all(0, memory_window_);
  barrier();
}

void MpiComm::read(std::int64_t entry, const std::vector<Piece>& into) {
  constexpr std::size_t most = 1 << 30;
  const auto& from = exposed_.at(static_cast<std::size_t>(entry));
  for (std::size_t i = 0; i < into.size(); ++i) {
    if (static_cast<std::int64_t>(into[i].size()) != from[i].second) {
      throw Error("two ranks disagree about the size of a piece of the input");
    }
    if (is_root()) {
      // NOLINTNEXTLINE(performance-no-int-to-ptr): an address of this process
      std::memcpy(into[i].data(), reinterpret_cast<const void*>(from[i].first), into[i].size());
      continue;
    }
    for (std::size_t at = 0; at < into[i].size(); at += most) {
      const int count = narrow(std::min(most, into[i].size() - at));
      const MPI_Aint address = MPI_Aint_add(from[i].first, static_cast<MPI_Aint>(at));
      MPI_Get(into[i].data() + at, count, MPI_BYTE, 0, address, count, MPI_BYTE, memory_window_);
    }
  }
  if (!is_root()) MPI_Win_flush(0, memory_window_);
}

}  // namespace

std::string mpi_library() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  std::string first(text.data());
  first.erase(std::min(first.find_first_of(",\n"), first.size()));
  std::replace(first.begin(), first.end(), '\t', ' ');  // "MPICH Version:<tab>4.0.2"
  return first;
}

std::unique_ptr<Comm> make_mpi_comm() {
  return std::make_unique<MpiComm>();
}

}  // namespace scalelaw::driver
