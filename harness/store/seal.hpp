#pragma once

#include <cstdint>
#include <string>

namespace scalelaw::harness {

// A results file starts with a seal: one line of text with the length and the CRC-32 (zlib's) of
// the HDF5 data after it.  It is checked before the HDF5 library sees the file.  That library
// crashes on some damaged files, and reads others without an error.  In HDF5 the seal is a user
// block, which every program that reads HDF5 skips.

/// The size of the seal: the smallest user block that HDF5 allows.
constexpr std::int64_t seal_bytes = 512;

/// Writes the seal of the file at `path` into its first seal_bytes, which must be free, and puts
/// the whole file on the disk.
/// Errors: throws Error when the disk refuses.
void write_seal(const std::string& path);

/// Whether the file at `path` has a seal.
/// Errors: throws Error, with the remedy, when the file differs from what the seal says, and when
/// it
///         cannot be read.
bool check_seal(const std::string& path);

}  // namespace scalelaw::harness
