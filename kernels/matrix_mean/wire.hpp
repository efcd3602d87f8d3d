#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

// Values to bytes and back, between ranks of one program on machines of the same kind.
namespace scalelaw::wire {

template <class T>
requires std::is_trivially_copyable_v<T>
void put_array(std::vector<std::byte>& out, const T* values, std::int64_t count) {
  const auto* const bytes = reinterpret_cast<const std::byte*>(values);
  out.insert(out.end(), bytes, bytes + count * static_cast<std::int64_t>(sizeof(T)));
}

template <class T>
void put(std::vector<std::byte>& out, const T& value) {
  put_array(out, &value, 1);
}

/// Reads values from the front of `in`, in the order in which they were written.
template <class T>
requires std::is_trivially_copyable_v<T>
void take_array(std::span<const std::byte>& in, T* values, std::int64_t count) {
  const auto bytes = static_cast<std::size_t>(count) * sizeof(T);
  if (bytes > 0) std::memcpy(values, in.data(), bytes);
  in = in.subspan(bytes);
}

template <class T>
T take(std::span<const std::byte>& in) {
  T value;
  take_array(in, &value, 1);
  return value;
}

}  // namespace scalelaw::wire
