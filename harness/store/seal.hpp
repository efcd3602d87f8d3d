#pragma once

#include <cstdint>
#include <string>

namespace scalelaw::harness {

// A results file starts with a seal: one line of text with the length and the CRC-32 (zlib's) of
// the HDF5 data behind it.  It is checked before the HDF5 library sees the file, which crashes on
// some damaged ones, and reads others without an error.  To that library the seal is a user block:
// every program that reads HDF5 passes over it.

/// The size of the seal: the smallest user block that HDF5 allows.
constexpr std::int64_t seal_bytes = 512;

/// Writes the seal of the file at `path`, whose first seal_bytes are free for it, and puts the
/// whole file on the disk.
/// Errors: throws Error when the disk refuses.
void write_seal(const std::string& path);

/// Whether the file at `path` has a seal.
/// Errors: throws Error, with the remedy, when the file differs from what the seal says, and when
/// it
///         cannot be read.
bool check_seal(const std::string& path);

}  // namespace scalelaw::harness
