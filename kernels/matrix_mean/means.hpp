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

/// Many means, numbered from 0, in stretches computed by different workers.
///
/// Merging partial results never copies a stretch.  A stretch may also be a part of the matrix
/// itself: the column means of a matrix with one row are its elements.
class Means {
 public:
  /// Makes room for the means [first, first + count), to be written through the returned pointer.
  double* add(std::int64_t first, std::int64_t count);

  /// Uses the elements at `elements`, in `memory`, as the means [first, first + count).
  void add_view(std::int64_t first, std::int64_t count, ElementType type, const void* elements,
                std::shared_ptr<const Buffer> memory);

  /// Adds the stretches of `other`.
  void merge(Means&& other);

  /// Calls visit(index, value) for each mean, in ascending order.
  template <class F>
  void for_each(F&& visit) const {
    for (const Stretch& s : stretches_) {
      for (std::int64_t i = 0; i < s.count; ++i) visit(s.first + i, s.value(i));
    }
  }

  /// The number of means.
  [[nodiscard]] std::int64_t count() const noexcept;

  /// A digest of all values: equal lists have equal digests; all NaNs count as equal.
  [[nodiscard]] std::string digest() const;

  void pack(std::vector<std::byte>& out) const;
  /// Reads what pack() wrote from the front of `in`.
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
