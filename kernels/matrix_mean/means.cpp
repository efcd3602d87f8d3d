#include "kernels/matrix_mean/means.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "kernels/matrix_mean/wire.hpp"

namespace scalelaw {

Means::Stretch& Means::insert(Stretch&& stretch) {
  const auto after =
      std::upper_bound(stretches_.begin(), stretches_.end(), stretch.first,
                       [](std::int64_t first, const Stretch& s) { return first < s.first; });
  return *stretches_.insert(after, std::move(stretch));
}

double* Means::add(std::int64_t first, std::int64_t count) {
  auto memory = std::make_shared<const Buffer>(count * static_cast<std::int64_t>(sizeof(double)));
  auto* const values = memory->as<double>();
  insert({first, count, ElementType::f64, values, std::move(memory)});
  return values;
}

void Means::add_view(std::int64_t first, std::int64_t count, ElementType type, const void* elements,
                     std::shared_ptr<const Buffer> memory) {
  insert({first, count, type, elements, std::move(memory)});
}

void Means::merge(Means&& other) {
  for (Stretch& stretch : other.stretches_) insert(std::move(stretch));
  other.stretches_.clear();
}

std::int64_t Means::count() const noexcept {
  std::int64_t total = 0;
  for (const Stretch& s : stretches_) total += s.count;
  return total;
}

std::string Means::digest() const {
  std::uint64_t hash = 0x9E3779B97F4A7C15;
  for_each([&](std::int64_t, double value) {
    const double same = value != value ? std::numeric_limits<double>::quiet_NaN() : value;
    hash = (hash ^ std::bit_cast<std::uint64_t>(same)) * 0xD1342543DE82EF95;
    hash ^= hash >> 32;
  });
  return fmt::format("{:016x}", hash);
}

void Means::pack(std::vector<std::byte>& out) const {
  wire::put(out, static_cast<std::int64_t>(stretches_.size()));
  for (const Stretch& s : stretches_) {
    wire::put(out, s.first);
    wire::put(out, s.count);
    wire::put(out, s.type);
    wire::put_array(out, static_cast<const std::byte*>(s.data), s.count * size_of(s.type));
  }
}

Means Means::unpack(std::span<const std::byte>& in) {
  Means means;
  for (auto left = wire::take<std::int64_t>(in); left > 0; --left) {
    Stretch s;
    s.first = wire::take<std::int64_t>(in);
    s.count = wire::take<std::int64_t>(in);
    s.type = wire::take<ElementType>(in);
    const auto memory = std::make_shared<const Buffer>(s.count * size_of(s.type));
    wire::take_array(in, memory->data(), s.count * size_of(s.type));
    s.data = memory->data();
    s.memory = memory;
    means.insert(std::move(s));
  }
  return means;
}

}  // namespace scalelaw
