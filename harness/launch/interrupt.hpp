#pragma once

namespace scalelaw {

/// Makes SIGINT, SIGTERM and SIGUSR1 ask for an orderly end instead of ending the harness: the
/// launch under way is killed, what was measured is kept, and the campaign can be resumed.  A
/// second SIGINT or SIGTERM ends the harness at once.
void catch_interrupts();

/// Asks for an orderly end from within, as SIGTERM would: what launches run on is gone.
void request_end() noexcept;

/// Whether an orderly end was asked for.
[[nodiscard]] bool interrupted() noexcept;

/// The signal that asked; 0 when none did.
[[nodiscard]] int interrupt_signal() noexcept;

}  // namespace scalelaw
