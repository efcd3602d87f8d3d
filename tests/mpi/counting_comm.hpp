#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mpi/world.hpp"

namespace scalelaw::driver::mpi_test {

/// The world, with a count of what this rank sends.
class CountingComm : public Comm {
 public:
  double sent_bytes = 0;     ///< in messages of its own
  double reduced_bytes = 0;  ///< in allreduces

  [[nodiscard]] int rank() const override { return world().rank(); }
  [[nodiscard]] int size() const override { return world().size(); }
  void barrier() override { world().barrier(); }
  std::vector<Bytes> gather(const Bytes& mine) override { return world().gather(mine); }
  Bytes broadcast(Bytes of_root) override { return world().broadcast(std::move(of_root)); }
  void allreduce(void* value, std::size_t size, MergeBytes merge) override {
    reduced_bytes += static_cast<double>(size);
    world().allreduce(value, size, merge);
  }
  std::unique_ptr<Transfer> send(const std::vector<Piece>& pieces, int to) override {
    for (const Piece& piece : pieces) sent_bytes += static_cast<double>(piece.size());
    return world().send(pieces, to);
  }
  std::unique_ptr<Transfer> receive(const std::vector<Piece>& pieces, int from) override {
    return world().receive(pieces, from);
  }
  std::int64_t fetch_add(std::int64_t amount) override { return world().fetch_add(amount); }
  void reset_counter() override { world().reset_counter(); }
  void expose(const std::vector<Piece>& memory,
              const std::vector<std::vector<Piece>>& table) override {
    world().expose(memory, table);
  }
  void conceal() override { world().conceal(); }
  void read(std::int64_t entry, const std::vector<Piece>& into) override {
    world().read(entry, into);
  }
  [[noreturn]] void abort(int status) override {
    world().abort(status);
    std::_Exit(status);
  }
  SharedNumber& shared_number() override { return world().shared_number(); }
  [[nodiscard]] std::string library() const override { return world().library(); }
  [[nodiscard]] std::string thread_level() const override { return world().thread_level(); }
};

}  // namespace scalelaw::driver::mpi_test
