#pragma once

#include <mpi.h>

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "kernels/kernel.hpp"

namespace scalelaw::driver {

/// The only place where a count becomes MPI's int.
inline int narrow(std::size_t count) {
  if (count > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw Error("a count of " + std::to_string(count) + " exceeds MPI's int");
  }
  return static_cast<int>(count);
}

/// A datatype for pieces of memory at their own addresses (use it with MPI_BOTTOM).  Pieces may
/// have any size: as MPI counts are int, lengths beyond `block` are composed of contiguous blocks.
class PiecesType {
 public:
  explicit PiecesType(const std::vector<Piece>& pieces) {
    std::vector<int> lengths;
    std::vector<MPI_Aint> addresses;
    std::vector<MPI_Datatype> types;
    MPI_Datatype blocks = MPI_DATATYPE_NULL;
    MPI_Type_contiguous(block, MPI_BYTE, &blocks);
    const auto add = [&](const std::byte* at, std::size_t count, MPI_Datatype type) {
      if (count == 0) return;
      MPI_Aint address = 0;
      MPI_Get_address(at, &address);
      lengths.push_back(narrow(count));
      addresses.push_back(address);
      types.push_back(type);
    };
    for (const Piece& piece : pieces) {
      const std::size_t whole = piece.size() / block;
      add(piece.data(), whole, blocks);
      add(piece.data() + whole * block, piece.size() % block, MPI_BYTE);
    }
    MPI_Type_create_struct(narrow(lengths.size()), lengths.data(), addresses.data(), types.data(),
                           &type_);
    MPI_Type_commit(&type_);
    MPI_Type_free(&blocks);
  }
  PiecesType(const PiecesType&) = delete;
  PiecesType& operator=(const PiecesType&) = delete;
  ~PiecesType() { MPI_Type_free(&type_); }

  [[nodiscard]] MPI_Datatype get() const { return type_; }

 private:
  static constexpr int block = 1 << 30;
  MPI_Datatype type_ = MPI_DATATYPE_NULL;
};

}  // namespace scalelaw::driver
