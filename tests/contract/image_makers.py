"""Image files as tests need them: every kind of PNG, JPEG by cjpeg, PNM; whole, damaged and huge."""

import struct
import subprocess
import zlib

SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a pixel, by PNG's colour type
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
          (0, 1, 1, 2)]


def pixels(width, height, channels=3):
    """Smooth with some detail, so that JPEG has something to do."""
    return bytes((x * 5 // 3 + y * 2 + 40 * c + (x * y) % 7) % 256 for y in range(height)
                 for x in range(width) for c in range(channels))


def ppm(width, height, data=None):
    return b"P6 %d %d 255\n" % (width, height) + (data or pixels(width, height))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width, height, colour, depth, interlaced, data):
    """A file with these filtered rows."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data)
            + chunk(b"IEND", b""))


def png(width, height, samples, colour=2, depth=8, interlaced=False):
    """`samples(x, y)` gives the bytes of a pixel."""
    rows = bytearray()
    for x0, y0, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        columns = range(x0, width, dx)
        for y in range(y0, height, dy) if columns else ():
            rows += b"\0" + b"".join(samples(x, y) for x in columns)
    return png_of(width, height, colour, depth, interlaced, zlib.compress(bytes(rows)))


def plain_png(width, height, interlaced=False):
    """Of one colour, and quickly made however large."""
    rows = b"".join(
        (b"\0" + b"\x30\x60\x90" * len(range(x0, width, dx))) * len(range(y0, height, dy))
        for x0, y0, dx, dy in (PASSES if interlaced else [(0, 0, 1, 1)]))
    return png_of(width, height, 2, 8, interlaced, zlib.compress(rows, 1))


def jpeg(from_ppm, *options):
    return subprocess.run(["cjpeg", "-quality", "90", *options], input=from_ppm, check=True,
                          stdout=subprocess.PIPE).stdout
