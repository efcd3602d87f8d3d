#include <gtest/gtest.h>

#include <cstdlib>

#include "mpi/world.hpp"

namespace scalelaw::driver::mpi_test {
namespace {
std::unique_ptr<Comm> the_world;
}
Comm& world() {
  return *the_world;
}
}  // namespace scalelaw::driver::mpi_test

int main(int argc, char** argv) {
  using namespace scalelaw::driver;
  ::testing::InitGoogleTest(&argc, argv);
  mpi_test::the_world = make_mpi_comm();
  Comm& world = mpi_test::world();
  if (!world.is_root()) {
    delete ::testing::UnitTest::GetInstance()->listeners().Release(
        ::testing::UnitTest::GetInstance()->listeners().default_result_printer());
  }
  const int failed = RUN_ALL_TESTS();
  // A rank that leaves early would let the others hang, so all learn of any failure.
  const Bytes mine(1, static_cast<std::byte>(failed != 0));
  bool any = false;
  for (const Bytes& one : world.gather(mine)) any = any || one[0] != std::byte{0};
  const Bytes verdict = world.broadcast(Bytes(1, static_cast<std::byte>(any)));
  mpi_test::the_world.reset();
  return verdict[0] != std::byte{0} ? EXIT_FAILURE : EXIT_SUCCESS;
}
