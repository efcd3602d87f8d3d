// What a driver wrote of its launch, and all that is made of it later.
#include "harness/store/record.hpp"

#include "fuzz/fuzz.hpp"
#include "harness/machine/environment.hpp"
#include "harness/store/record_rules.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::fuzz {

void record(std::string_view input) {
  using namespace harness;
  const Record record = parse_record(input);
  if (!record.fault.empty()) require_words(record.fault);
  (void)fault_of_claims(record, {.samples = 2, .wall_s = 1});
  Results results;
  results.points.emplace_back().kernel = "k";
  results.launches.emplace_back().header = record.header;
  results.samples = record.samples;
  add_driver_environment(results);
  (void)tables_of(results);
}

}  // namespace scalelaw::fuzz
