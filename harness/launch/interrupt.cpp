#include "harness/launch/interrupt.hpp"

#include <csignal>
#include <initializer_list>

namespace scalelaw {
namespace {

volatile std::sig_atomic_t received = 0;

void note_signal(int number) {
  if (received != 0 && number != SIGUSR1 && number != SIGUSR2) {
    // Asked twice: the default action, which ends the process.
    std::signal(number, SIG_DFL);
    std::raise(number);
    return;
  }
  received = number;
}

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = note_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // no SA_RESTART: a waiting poll() shall return
  for (const int number : {SIGINT, SIGTERM, SIGUSR1, SIGUSR2}) sigaction(number, &action, nullptr);
}

void request_end(int number) noexcept {
  if (received == 0) received = number;
}

bool interrupted() noexcept {
  return received != 0;
}

int interrupt_signal() noexcept {
  return received;
}

}  // namespace scalelaw
