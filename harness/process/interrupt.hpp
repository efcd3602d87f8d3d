#pragma once

namespace scalelaw::harness {

/// Makes SIGINT, SIGTERM, SIGQUIT, SIGHUP (unless it is ignored, as under nohup), SIGUSR1 and
/// SIGUSR2 ask for an orderly end instead of ending the harness: the launch under way is ended,
/// what was measured is kept, and the campaign can be resumed.  A second SIGINT, SIGTERM or SIGQUIT
/// ends the harness at once; its supervisor then ends what was launched.
void catch_interrupts();

/// Asks for an orderly end from within, as the signal `number` would: what launches run on is gone,
/// or was told to end.
void request_end(int number) noexcept;

/// Whether an orderly end was asked for.
[[nodiscard]] bool interrupted() noexcept;

/// The signal that asked; 0 when none did.
[[nodiscard]] int interrupt_signal() noexcept;

}  // namespace scalelaw::harness
