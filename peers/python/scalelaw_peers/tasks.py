"""One task of each kernel, as somebody would write it who has NumPy and Pillow.  Workers import this."""
import io
import math
import mmap
import os
import socket
import struct
import threading
import time

import numpy as np
from PIL import Image

MODULO_64 = 2**64 - 1
PART_WORDS = 2**17  # that are read from a file at a time: 1 MiB
OPENED = {}  # in a worker: the files that it reads
CONNECTED = threading.local()  # a worker's connection


def sieve_part(begin, end, limit, primes, with_sum, with_twins):
    """(count, sum modulo 2^64, twins) of the primes in begin .. end - 1.  A pair of twins belongs to the part that has
    the lesser of them; the greater is at most `limit`.  `primes`: the odd ones up to the root of the limit."""
    first = begin | 1
    beyond = min(end + 2, limit + 1) if with_twins else end
    is_prime = np.ones(max(0, (beyond - first + 1) // 2), bool)  # of the odd numbers from `first`
    if first == 1:
        is_prime[:1] = False
    for prime in primes[:np.searchsorted(primes, math.isqrt(beyond), "right")].tolist():
        multiple = max(prime * prime, (first + prime - 1) // prime * prime)
        multiple += prime * (1 - multiple % 2)
        is_prime[(multiple - first) // 2::prime] = False
    own = is_prime[:max(0, (end - first + 1) // 2)]
    has_two = begin <= 2 < end
    total = 0
    if with_sum:
        odd = np.flatnonzero(own).astype(np.uint64) * np.uint64(2) + np.uint64(first)
        total = (int(odd.sum()) + 2 * has_two) % 2**64
    later = is_prime[1:len(own) + 1]
    twins = int(np.count_nonzero(own[:len(later)] & later)) if with_twins else 0
    return int(np.count_nonzero(own)) + has_two, total, twins


def odd_primes(limit):
    """The odd primes up to a limit that is small."""
    is_prime = np.ones((limit + 1) // 2, bool)  # of 1, 3, 5, ...
    is_prime[:1] = False
    for i in range(1, (math.isqrt(limit) + 1) // 2):
        if is_prime[i]:
            is_prime[2 * i * (i + 1)::2 * i + 1] = False
    return 2 * np.flatnonzero(is_prime) + 1


def dot_part(x, y):
    return float(np.dot(x, y))


def mean_part(rows):
    """(the means of these rows, their sum as a row); in f64, whatever the elements are."""
    return rows.mean(axis=1, dtype=np.float64), rows.sum(axis=0, dtype=np.float64)


def compress(pixels, shape, quality, subsampling):
    """A JPEG file of one image.  The restart interval and the density are those of the kernel."""
    file = io.BytesIO()
    Image.fromarray(pixels.reshape(shape)).save(file, "JPEG", quality=quality, subsampling=subsampling,
                                                restart_marker_rows=1, dpi=(72, 72))
    return file.getvalue()


def chain_part(start, weight):
    """(the weight of a task, its value): so many steps of Chain (kernels/numerics/chain.hpp), by Python itself."""
    value = start
    for _ in range(weight):
        value = (value * 6364136223846793005 + 1442695040888963407) & MODULO_64
    return weight, value


def reading_part(words, weight):
    return weight, int(words.sum(dtype=np.uint64))


def disk_part(path, direct, held, first, words, weight):
    """Reads words from a file, of which `held` words are the working set, past the page cache."""
    if (path, direct) not in OPENED:
        OPENED[path, direct] = os.open(path, os.O_RDONLY | os.O_CLOEXEC | (os.O_DIRECT if direct else 0))
    file, total = OPENED[path, direct], 0
    while words:
        part = min(words, held - first, PART_WORDS)
        total += sum_of(read_part(file, 8 * first, 8 * part, direct))
        first, words = (first + part) % held, words - part
    return weight, total & MODULO_64


def read_part(file, place, size, direct):
    buffer = mmap.mmap(-1, max(1, size))  # whose pages O_DIRECT can read into
    if os.preadv(file, [buffer], place) != size:
        raise OSError("the file of the working set is too short")
    if not direct:
        os.posix_fadvise(file, place, size, os.POSIX_FADV_DONTNEED)
    return buffer


def network_part(port, first, words, weight):
    """Asks the server of word_server.py, by a connection that each worker has."""
    if getattr(CONNECTED, "port", None) != port:
        CONNECTED.port, CONNECTED.socket = port, socket.create_connection(("127.0.0.1", port))
        CONNECTED.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    answer = bytearray(8 * words)
    CONNECTED.socket.sendall(struct.pack("=QQ", first, words))
    got = 0
    while got < len(answer):
        more = CONNECTED.socket.recv_into(memoryview(answer)[got:])
        if more == 0:
            raise ConnectionError("the server of the working set has ended")
        got += more
    return weight, sum_of(answer)


def sum_of(buffer):
    return int(np.frombuffer(buffer, np.uint64).sum(dtype=np.uint64))


def waiting_part(start, weight):
    time.sleep(weight / 1e6)
    return weight, start * (2 * weight + 1) & MODULO_64
