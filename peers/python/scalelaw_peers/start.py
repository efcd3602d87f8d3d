"""The first lines of a peer, before any library is imported."""
import os
import sys


def in_the_peers_python(venv):
    """Goes on in the Python of .venv-peers where there is one: the libraries are there."""
    python = os.path.join(venv, "bin", "python")
    if sys.prefix != os.path.realpath(venv) and sys.prefix != venv and os.access(python, os.X_OK):
        os.execv(python, [python, *sys.argv])
