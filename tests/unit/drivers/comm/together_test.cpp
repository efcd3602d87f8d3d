#include "drivers/comm/together.hpp"

#include <gtest/gtest.h>

#include "support/message.hpp"

namespace scalelaw::driver {
namespace {

TEST(Together, SharesWhatWentWrong) {
  const auto comm = make_self_comm();
  EXPECT_NO_THROW(together(*comm, [] {}));
  EXPECT_EQ(
      message_of([&] { together(*comm, [] { throw Error("no such gr\xfcn", "make one"); }); }),
      "no such gr\\xfcn");
}

TEST(Together, SaysThatMemoryRanOut) {
  const auto comm = make_self_comm();
  EXPECT_EQ(message_of([&] { together(*comm, [] { throw std::bad_alloc(); }); }),
            "needs more memory than there is");
}

TEST(Together, DistinguishesFailuresWhileRunning) {
  const auto comm = make_self_comm();
  for (const bool running : {false, true}) {
    try {
      together(*comm, [running] {
        if (running) throw RunFailure("full");
        throw Error("wrong");
      });
      FAIL() << "no error";
    } catch (const SharedError& error) {
      EXPECT_EQ(error.while_running(), running);
    }
  }
}

}  // namespace
}  // namespace scalelaw::driver
