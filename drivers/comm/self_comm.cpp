#include <cstdlib>
#include <cstring>

#include "common/error.hpp"
#include "drivers/comm/comm.hpp"

namespace scalelaw::driver {
namespace {

class SelfComm final : public Comm {
 public:
  [[nodiscard]] int rank() const override { return 0; }
  [[nodiscard]] int size() const override { return 1; }
  void barrier() override {}
  std::vector<Bytes> gather(const Bytes& mine) override { return {mine}; }
  Bytes broadcast(Bytes of_root) override { return of_root; }
  void allreduce(void*, std::size_t, MergeBytes) override {}
  std::unique_ptr<Transfer> send(const std::vector<Piece>&, int) override { return no_peer(); }
  std::unique_ptr<Transfer> receive(const std::vector<Piece>&, int) override { return no_peer(); }
  std::int64_t fetch_add(std::int64_t amount) override {
    const std::int64_t before = counter_;
    counter_ += amount;
    return before;
  }
  void reset_counter() override { counter_ = 0; }
  SharedNumber& shared_number() override { throw_no_peer(); }
  void expose(const std::vector<Piece>&, const std::vector<std::vector<Piece>>& table) override {
    table_ = table;
  }
  void conceal() override { table_.clear(); }
  void read(std::int64_t entry, const std::vector<Piece>& into) override {
    const std::vector<Piece>& from = table_.at(static_cast<std::size_t>(entry));
    for (std::size_t i = 0; i < into.size(); ++i) {
      std::memcpy(into[i].data(), from[i].data(), into[i].size());
    }
  }
  [[noreturn]] void abort(int status) override { std::_Exit(status); }
  [[nodiscard]] std::string library() const override { return {}; }
  [[nodiscard]] std::string thread_level() const override { return {}; }

 private:
  [[noreturn]] static void throw_no_peer() { throw Error("a single process has no peer"); }
  static std::unique_ptr<Transfer> no_peer() { throw_no_peer(); }

  std::int64_t counter_ = 0;
  std::vector<std::vector<Piece>> table_;
};

}  // namespace

std::unique_ptr<Comm> make_self_comm() {
  return std::make_unique<SelfComm>();
}

}  // namespace scalelaw::driver
