#include "drivers/comm/together.hpp"

#include "common/utf8.hpp"
#include "drivers/comm/json_exchange.hpp"

namespace scalelaw::driver {

Error out_of_memory() {
  return Error("needs more memory than there is", "choose a smaller size, or use more nodes");
}

void throw_first(Comm& comm, const StepEnd& mine) {
  if (comm.size() == 1) {
    if (!mine.failed) return;
    throw SharedError(escape_invalid_utf8(mine.what), escape_invalid_utf8(mine.hint),
                      mine.while_running);
  }
  const nlohmann::json all = share_json(comm, {{"failed", mine.failed},
                                               {"while_running", mine.while_running},
                                               {"what", mine.what},
                                               {"hint", mine.hint}});
  for (const nlohmann::json& one : all) {
    if (one.at("failed").get<bool>()) {
      throw SharedError(one.at("what").get<std::string>(), one.at("hint").get<std::string>(),
                        one.at("while_running").get<bool>());
    }
  }
}

}  // namespace scalelaw::driver
