#include <gtest/gtest.h>

#include "drivers/comm/mpi_pieces.hpp"

namespace scalelaw::driver {
namespace {

/// Memory that is never touched: only its address and size matter to a datatype.
Piece piece_at(std::uintptr_t address, std::size_t size) {
  return {reinterpret_cast<std::byte*>(address), size};  // NOLINT(performance-no-int-to-ptr)
}

MPI_Count size_of(const PiecesType& type) {
  MPI_Count size = 0;
  MPI_Type_size_x(type.get(), &size);
  return size;
}

TEST(PiecesType, CountsBytesBeyondTwoToThe31) {
  const std::size_t large = (std::size_t{1} << 31) + 10;
  EXPECT_EQ(size_of(PiecesType({piece_at(4096, large)})), static_cast<MPI_Count>(large));
  EXPECT_EQ(size_of(PiecesType({piece_at(4096, 5 * large), piece_at(64 * large, 3)})),
            static_cast<MPI_Count>(5 * large + 3));
}

TEST(PiecesType, MayBeEmpty) {
  EXPECT_EQ(size_of(PiecesType({Piece{}})), 0);
}

TEST(Narrow, RefusesWhatDoesNotFit) {
  EXPECT_EQ(narrow(2147483647), 2147483647);
  EXPECT_THROW(narrow(2147483648), Error);
}

}  // namespace
}  // namespace scalelaw::driver
