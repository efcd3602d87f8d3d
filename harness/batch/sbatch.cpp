#include "harness/batch/sbatch.hpp"

#include <fmt/format.h>

#include "common/lines.hpp"
#include "harness/launch/slurm.hpp"
#include "harness/launch/slurm_faults.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

constexpr double patience_s = 60;

}  // namespace

std::string job_number(const std::string& printed) {
  std::string out;
  for (const std::string& line : lines_of(printed)) {
    const std::string number = line.substr(0, line.find(';'));
    if (!number.empty() && number.find_first_not_of("0123456789") == std::string::npos) {
      out = number;
    }
  }
  return out;
}

Submission submit_script(const std::string& script) {
  const Printed printed = read_process({{"sbatch", "--parsable", script}, {}, {}}, patience_s);
  Submission out;
  if (printed.timed_out) {
    out.fault = fmt::format("sbatch: no answer within {:g} s", patience_s);
    out.unsure = true;
  } else if (printed.exit_code != 0) {
    out.fault = "sbatch: " + plain_fault(printed);
  } else {
    out.id = job_number(printed.out);
    if (!out.id.empty()) return out;
    out.fault = fmt::format("sbatch printed no job number: '{}'", printed.out);
    out.unsure = true;
  }
  out.hint = slurm_hint(out.fault);
  return out;
}

}  // namespace scalelaw::harness
