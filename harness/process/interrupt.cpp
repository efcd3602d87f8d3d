#include "harness/process/interrupt.hpp"

#include <csignal>
#include <initializer_list>

namespace scalelaw::harness {
namespace {

volatile std::sig_atomic_t received = 0;

/// Whether a person, or a batch system that has run out of patience, sends it.  A terminal that
/// closes sends SIGHUP, and the shell in it often another.
bool is_insistent(int number) {
  return number == SIGINT || number == SIGTERM || number == SIGQUIT;
}

void note_signal(int number) {
  if (received != 0 && is_insistent(number)) {
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
  sigset_t handled;
  sigemptyset(&handled);
  for (const int number : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2}) {
    struct sigaction before = {};
    sigaction(number, nullptr, &before);
    if (number == SIGHUP && before.sa_handler == SIG_IGN) continue;  // nohup
    sigaction(number, &action, nullptr);
    sigaddset(&handled, number);
  }
  sigprocmask(SIG_UNBLOCK, &handled, nullptr);  // whoever started the harness may have blocked them
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

}  // namespace scalelaw::harness
