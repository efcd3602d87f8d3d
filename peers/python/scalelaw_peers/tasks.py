"""One task of each kernel, as somebody would write it who has NumPy and Pillow.  Workers import this."""
import io
import math
import time

import numpy as np
from PIL import Image

MODULO_64 = 2**64 - 1


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


def waiting_part(start, weight):
    time.sleep(weight / 1e6)
    return weight, start * (2 * weight + 1) & MODULO_64
