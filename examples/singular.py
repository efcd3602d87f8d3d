"""The largest singular value of a random matrix, with NumPy: power iteration.  singular.py ROWS SEED"""

import sys

import numpy

rows, seed = int(sys.argv[1]), int(sys.argv[2])
matrix = numpy.random.default_rng(seed).standard_normal((rows, rows))
for _ in range(4):  # matrix products, which NumPy's BLAS spreads over threads
    product = matrix.T @ matrix
vector = numpy.ones(rows)
for _ in range(20):
    vector = product @ vector
    length = numpy.linalg.norm(vector)
    vector /= length
print(f"largest singular value: {numpy.sqrt(length):.12e}")
