#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/numerics/buffer.hpp"
#include "kernels/numerics/element_type.hpp"

namespace scalelaw {

/// Many means, numbered from 0, in stretches that different workers made.
///
/// A stretch is never copied while partial results are merged.  It may also be a part of the
/// matrix itself: the column means of a matrix with one row are its elements.
class Means {
 public:
  /// Makes room for the means [first, first + count), to be written through the pointer returned.
  double* add(std::int64_t first, std::int64_t count);

  /// The means [first, first + count) are the elements at `elements`, in `memory`.
  void add_view(std::int64_t first, std::int64_t count, ElementType type, const void* elements,
                std::shared_ptr<const Buffer> memory);

  /// Takes the stretches of `other`.
  void merge(Means&& other);

  /// Calls visit(index, value) for each mean, in ascending order.
  template <class F>
  void for_each(F&& visit) const {
    for (const Stretch& s : stretches_) {
      for (std::int64_t i = 0; i < s.count; ++i) visit(s.first + i, s.value(i));
    }
  }

  /// How many there are.
  [[nodiscard]] std::int64_t count() const noexcept;

  /// A digest of all values, by which two lists are equal or not; any NaN is like any other.
  [[nodiscard]] std::string digest() const;

  void pack(std::vector<std::byte>& out) const;
  /// Takes what pack() put from the front of `in`.
  static Means unpack(std::span<const std::byte>& in);

 private:
  struct Stretch {
    std::int64_t first = 0, count = 0;
    ElementType type = ElementType::f64;
    const void* data = nullptr;
    std::shared_ptr<const Buffer> memory;

    [[nodiscard]] double value(std::int64_t i) const noexcept {
      return type == ElementType::f64 ? static_cast<const double*>(data)[i]
                                      : static_cast<double>(static_cast<const float*>(data)[i]);
    }
  };

  Stretch& insert(Stretch&& stretch);

  std::vector<Stretch> stretches_;  ///< ascending, disjoint
};

}  // namespace scalelaw
