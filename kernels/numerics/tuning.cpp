#include "kernels/numerics/tuning.hpp"

#include <algorithm>

namespace scalelaw {
namespace {

/// Measured on an EPYC of this family.  docs/kernels/dot_product.md and matrix_mean.md have the
/// figures: 1 KiB and more costs up to 40 %.
constexpr Tuning zen4 = [] {
  Tuning out;
  out[StreamLoop::read] = {.ahead = 256, .places = 3};
  out[StreamLoop::mean_flat_f32] = {.ahead = 512};
  return out;
}();

/// Measured on an EPYC of this family under KVM, where loops with one stream need other places
/// beside it, or a long distance.
constexpr Tuning zen3 = [] {
  Tuning out;
  out[StreamLoop::read] = {.ahead = 256, .places = 3};
  out[StreamLoop::dot_f64] = {.ahead = 0};
  out[StreamLoop::dot2_f64] = {.ahead = 1024};
  out[StreamLoop::mean_flat_f64] = {.ahead = 512};
  out[StreamLoop::mean_flat_f32] = {.ahead = 512};
  out[StreamLoop::mean_tall_f64] = {.ahead = 2048};
  out[StreamLoop::mean_tall_f32] = {.ahead = 2048};
  out[StreamLoop::mean_line_f64] = {.ahead = 256, .places = 3};
  out[StreamLoop::mean_line_f32] = {.ahead = 512, .places = 3};
  return out;
}();

/// Measured on a Xeon of this family under KVM.  A page ahead makes the heavy loops nearly free,
/// and light loops need no prefetch.  Flat matrices were measured at this distance only.
constexpr Tuning sapphire_rapids = [] {
  Tuning out;
  out[StreamLoop::read] = {.ahead = 0, .places = 3};
  out[StreamLoop::dot_f64] = {.ahead = 0};
  out[StreamLoop::dot_f32] = {.ahead = 2048};
  out[StreamLoop::dot2_f64] = {.ahead = 4096};
  out[StreamLoop::dot2_f32] = {.ahead = 4096};
  out[StreamLoop::mean_f64] = {.ahead = 512};
  out[StreamLoop::mean_f32] = {.ahead = 512};
  out[StreamLoop::mean_flat_f64] = {.ahead = 4096};
  out[StreamLoop::mean_flat_f32] = {.ahead = 4096};
  return out;
}();

constexpr ProcessorFamily zen3_family{"zen3", zen3};
constexpr ProcessorFamily zen4_family{"zen4", zen4};
constexpr ProcessorFamily sapphire_rapids_family{"sapphire_rapids", sapphire_rapids};

/// Models of one vendor's family, first and last.
struct Models {
  Processor::Vendor vendor;
  int family, first, last;
  const ProcessorFamily* are;
};

/// Emerald Rapids (0xcf) has the cores of Sapphire Rapids (0x8f).
constexpr std::array known{
    Models{Processor::Vendor::amd, 0x19, 0x00, 0x0f, &zen3_family},
    Models{Processor::Vendor::amd, 0x19, 0x20, 0x5f, &zen3_family},
    Models{Processor::Vendor::amd, 0x19, 0x10, 0x1f, &zen4_family},
    Models{Processor::Vendor::amd, 0x19, 0x60, 0x7f, &zen4_family},
    Models{Processor::Vendor::amd, 0x19, 0xa0, 0xaf, &zen4_family},
    Models{Processor::Vendor::intel, 6, 0x8f, 0x8f, &sapphire_rapids_family},
    Models{Processor::Vendor::intel, 6, 0xcf, 0xcf, &sapphire_rapids_family},
};

Tuning& active() noexcept {
  static Tuning now = table_tuning(this_processor());
  return now;
}

}  // namespace

const ProcessorFamily* family_of(const Processor& processor) noexcept {
  const auto found = std::find_if(known.begin(), known.end(), [&](const Models& models) {
    return models.vendor == processor.vendor && models.family == processor.family &&
           models.first <= processor.model && processor.model <= models.last;
  });
  return found == known.end() ? nullptr : found->are;
}

const Tuning& table_tuning(const Processor& processor) noexcept {
  if (const ProcessorFamily* const family = family_of(processor)) return family->tuning;
  return processor.vendor == Processor::Vendor::intel ? sapphire_rapids : zen4;
}

Streaming streaming_of(StreamLoop loop) noexcept {
  return active()[loop];
}

void select_streaming(StreamLoop loop, Streaming streaming) noexcept {
  active()[loop] = streaming;
}

}  // namespace scalelaw
