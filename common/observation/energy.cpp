#include "common/observation/energy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "common/error.hpp"

namespace scalelaw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_number = 64;

std::string word_in(const fs::path& file) {
  std::string word;
  std::ifstream(file) >> word;
  return word;
}

/// The counter's microjoules; NaN when it cannot be read.
double microjoules(ProcFile& counter) {
  const std::string text(counter.read());
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return end == text.c_str() ? std::nan("") : value;
}

/// Whether a zone counts.  Others are parts of these, or count them as well ("psys": the whole
/// board), or are the same by another way ("intel-rapl-mmio").
bool counts(const fs::path& folder) {
  if (!folder.filename().string().starts_with("intel-rapl:")) return false;
  const std::string name = word_in(folder / "name");
  return name.starts_with("package") || name == "dram";
}

}  // namespace

double counted(double last, double now, double range) {
  return now >= last ? now - last : now - last + range;
}

EnergyMeter::EnergyMeter(const fs::path& powercap) {
  std::error_code failed;
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(powercap, failed)) folders.push_back(entry);
  std::erase_if(folders, [](const fs::path& folder) { return !counts(folder); });
  if (folders.empty()) {
    throw Error(fmt::format("this machine shows no energy counters in {}", powercap.string()),
                "modprobe intel_rapl_msr (for AMD, too); a virtual machine has none");
  }
  std::sort(folders.begin(), folders.end());
  for (const fs::path& folder : folders) add_zone(folder);
}

void EnergyMeter::add_zone(const fs::path& folder) {
  const std::string file = folder / "energy_uj";
  try {
    zones_.push_back(
        {.name = word_in(folder / "name"),
         .counter = ProcFile(file, longest_number),
         .range_uj = std::strtod(word_in(folder / "max_energy_range_uj").c_str(), nullptr)});
  } catch (const Error& error) {
    throw Error(error.what(), fmt::format("as root: chmod a+r {}", file));
  }
  zones_.back().last_uj = microjoules(zones_.back().counter);
  if (!std::isnan(zones_.back().last_uj)) return;
  throw Error(fmt::format("{} holds no number", file), "the energy stays unknown");
}

double EnergyMeter::joules() {
  constexpr double joules_per_uj = 1e-6;
  for (Zone& zone : zones_) {
    const double now = microjoules(zone.counter);
    joules_ += counted(zone.last_uj, now, zone.range_uj) * joules_per_uj;
    zone.last_uj = now;
  }
  return joules_;
}

std::string EnergyMeter::zones() const {
  std::string out;
  for (const Zone& zone : zones_) out += (out.empty() ? "" : ", ") + zone.name;
  return out;
}

}  // namespace scalelaw
