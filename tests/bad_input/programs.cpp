// The programs whose messages are judged.  To add one, add a line in program_named().
#include <map>

#include "bad_input/run.hpp"
#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "drivers/cli/driver_main.hpp"
#include "harness/commands/scalelaw_main.hpp"
#include "harness/store/journal.hpp"
#include "harness/store/record.hpp"

namespace scalelaw::bad_input {
namespace {

/// As drivers/models/serial.cpp.
int serial_main(int argc, char** argv) {
  using namespace driver;
  const ExecutionModel model{.is = {.name = "serial", .title = "serial"},
                             .make_team = [](int) { return std::make_unique<SerialTeam>(); },
                             .make_comm = make_self_comm};
  return driver_main(argc, argv, "scalelaw", model, own_kernels);
}

/// Says why a record is not whole, as the report does of the launch that left it.
int record_main(int, char** argv) {
  const harness::Record record = harness::read_record(argv[1]);
  if (record.fault.empty()) return 0;
  complain("record", record.fault);
  return 1;
}

/// A journal, which `run --resume` and `history` read.
int journal_main(int, char** argv) {
  try {
    (void)harness::read_journal(argv[1]);
    return 0;
  } catch (const Error& error) {
    complain("journal", error.what(), error.hint());
    return 1;
  }
}

}  // namespace

Program program_named(const std::string& name) {
  static const std::map<std::string, Program> all{{"scalelaw", harness::scalelaw_main},
                                                  {"scalelaw-serial", serial_main},
                                                  {"record", record_main},
                                                  {"journal", journal_main}};
  const auto found = all.find(name);
  return found == all.end() ? nullptr : found->second;
}

}  // namespace scalelaw::bad_input
