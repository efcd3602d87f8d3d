#pragma once

namespace scalelaw {

/// Makes SIGINT, SIGTERM, SIGUSR1 and SIGUSR2 ask for an orderly end instead of ending the harness:
/// the launch under way is killed, what was measured is kept, and the campaign can be resumed.  A
/// second SIGINT or SIGTERM ends the harness at once.
void catch_interrupts();

/// Asks for an orderly end from within, as the signal `number` would: what launches run on is gone,
/// or was told to end.
void request_end(int number) noexcept;

/// Whether an orderly end was asked for.
[[nodiscard]] bool interrupted() noexcept;

/// The signal that asked; 0 when none did.
[[nodiscard]] int interrupt_signal() noexcept;

}  // namespace scalelaw
