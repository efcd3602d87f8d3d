"""The first lines of a peer, before any library is imported."""
import os
import sys

DRIVERS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def environments(venv):
    """Where an environment with the libraries may be: `venv`, which is relative to the drivers where these are
    installed, or the user's own."""
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return [os.path.normpath(os.path.join(DRIVERS, venv)), os.path.join(data, "scalelaw", "venv-peers")]


def in_the_peers_python(venv):
    """Goes on in the Python of the first environment that there is: the libraries are there."""
    if sys.dont_write_bytecode:  # for the Python that goes on, and those that it starts
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    for place in environments(venv):
        python = os.path.join(place, "bin", "python")
        if not os.access(python, os.X_OK):
            continue
        if sys.prefix not in (place, os.path.realpath(place)):
            os.execv(python, [python, *sys.argv])
        return
