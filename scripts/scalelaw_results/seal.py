"""The seal at the start of a results file: a line of text with a checksum of all that follows.

It is checked before the HDF5 library sees the file, which crashes on some damaged ones and reads others without
a word.  To HDF5 it is a user block.  harness/store/seal.cpp writes it.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import BinaryIO

BYTES = 512
MARK = b"scalelaw results"
HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"


class SealError(Exception):
    """A file that differs from what its seal says, or that has no room for one."""


def is_intact(path: str | Path) -> bool:
    """Whether the file at `path` has a seal, which then is right.

    Raises SealError for a file that was damaged or changed after it was written.
    """
    with open(path, "rb") as file:
        begin = file.read(BYTES + len(HDF5_SIGNATURE))
        if not _has_room(begin):
            return False
        if begin[:BYTES] == _seal_of(file):
            return True
    raise SealError(f"{path} is damaged, or was changed after it was written: its contents do not match its checksum; "
                    "restore it from a copy, or, if you changed it on purpose, make it valid again with "
                    f"scripts/check-results {path} --seal")


def write(path: str | Path) -> None:
    """Makes the seal of a results file anew, after an edit on purpose."""
    with open(path, "r+b") as file:
        if not _has_room(file.read(BYTES + len(HDF5_SIGNATURE))):
            raise SealError(f"{path} has no room for a checksum: it is not a results file, or of schema 1")
        seal = _seal_of(file)
        file.seek(0)
        file.write(seal)


def _has_room(begin: bytes) -> bool:
    return begin.startswith(MARK) or begin[BYTES:] == HDF5_SIGNATURE


def _seal_of(file: BinaryIO) -> bytes:
    checksum, size = 0, 0
    file.seek(BYTES)
    while part := file.read(1 << 20):
        checksum = zlib.crc32(part, checksum)
        size += len(part)
    text = f"{MARK.decode()}: {size} bytes of HDF5 follow from byte {BYTES} on, with the CRC-32 {checksum:08x}"
    return text.encode().ljust(BYTES - 1) + b"\n"
