#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "drivers/comm/comm.hpp"

namespace scalelaw::driver {

/// The root of several ranks that do not exist.  It gathers its own values, or those of `others`.
/// Its clock advances when it is read.
class PretendedComm : public Comm {
 public:
  explicit PretendedComm(int size) : size_(size) {}

  /// The JSON texts that ranks 1, 2, ... send to the next gather; without, what the root does.
  std::vector<std::string> others{};
  double tick_s = 0x1p-20;  ///< what a reading of the clock takes; about a microsecond

  [[nodiscard]] int rank() const override { return 0; }
  [[nodiscard]] int size() const override { return size_; }
  [[nodiscard]] double now_s() const override { return now_s_ += tick_s; }
  [[nodiscard]] std::string clock_name() const override { return "pretended"; }
  void barrier() override {}
  std::vector<Bytes> gather(const Bytes& mine) override {
    std::vector<Bytes> all(static_cast<std::size_t>(size_), mine);
    for (std::size_t i = 0; i < others.size(); ++i) {
      const auto* text = reinterpret_cast<const std::byte*>(others[i].data());
      all.at(i + 1) = Bytes(text, text + others[i].size());
    }
    others.clear();
    return all;
  }
  Bytes broadcast(Bytes of_root) override { return of_root; }
  void allreduce(void*, std::size_t, MergeBytes) override {}
  std::unique_ptr<Transfer> send(const std::vector<Piece>&, int) override { return nobody(); }
  std::unique_ptr<Transfer> receive(const std::vector<Piece>&, int) override { return nobody(); }
  std::int64_t fetch_add(std::int64_t amount) override {
    return std::exchange(counter_, counter_ + amount);
  }
  void reset_counter() override { counter_ = 0; }
  SharedNumber& shared_number() override { throw std::logic_error("there is no other rank"); }
  void expose(const std::vector<Piece>&, const std::vector<std::vector<Piece>>&) override {}
  void conceal() override {}
  void read(std::int64_t, const std::vector<Piece>&) override { (void)nobody(); }
  [[noreturn]] void abort(int status) override { std::_Exit(status); }
  [[nodiscard]] std::string library() const override { return "pretended 1.0"; }
  [[nodiscard]] std::string thread_level() const override { return "funneled"; }

 private:
  static std::unique_ptr<Transfer> nobody() { throw std::logic_error("there is no other rank"); }

  int size_;
  mutable double now_s_ = 0;
  std::int64_t counter_ = 0;
};

}  // namespace scalelaw::driver
