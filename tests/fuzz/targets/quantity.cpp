// Sizes and counts as people write them, and other small texts of command lines and files.
#include "common/quantity.hpp"

#include "common/cpu_list.hpp"
#include "drivers/input/hdf5_dataset.hpp"
#include "fuzz/fuzz.hpp"
#include "harness/config/hosts.hpp"

namespace scalelaw::fuzz {

void quantity(std::string_view input) {
  refusable([&] { (void)parse_count(input); });
  refusable([&] { (void)parse_cpu_list(std::string(input)); });
  refusable([&] { (void)harness::split_hosts(std::string(input)); });
  refusable([&] { (void)harness::parse_hostfile(std::string(input), "hosts"); });
  for (const std::size_t count : {1U, 2U}) {
    refusable([&] { (void)driver::parse_dataset_names(input, count); });
  }
}

}  // namespace scalelaw::fuzz
