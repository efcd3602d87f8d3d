"""The configs of the project cover what they are there to cover.

Usage: test_configs.py BIN_FOLDER SOURCE_FOLDER [unittest options]
"""

import sys
import tomllib
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from described import all_kernels, own_drivers  # noqa: E402

BIN, SOURCES = Path(sys.argv[1]), Path(sys.argv[2])


def missing(config, kernels):
    """What some driver has and the config does not run: "KERNEL under MODEL"."""
    asked = set()
    for experiment in config["experiment"]:
        models = experiment.get("models")
        models = [models] if isinstance(models, str) else models
        asked |= {(experiment["kernel"], driver.name) for driver in kernels.get(experiment["kernel"], ())
                  if models is None or driver.name in models}
    return sorted(f"{kernel} under {driver.name}" for kernel, drivers in kernels.items() for driver in drivers
                  if (kernel, driver.name) not in asked)


class Smoke(unittest.TestCase):
    def setUp(self):
        self.kernels = all_kernels(own_drivers(BIN))
        self.config = tomllib.loads((SOURCES / "configs/smoke.toml").read_text())

    def test_every_kernel_runs_under_every_model_that_has_it(self):
        self.assertEqual(missing(self.config, self.kernels), [])

    def test_no_experiment_is_of_a_kernel_that_is_gone(self):
        for experiment in self.config["experiment"]:
            self.assertIn(experiment["kernel"], self.kernels)

    def test_what_is_missing_would_be_found(self):
        first = self.config["experiment"][0]
        without = {"experiment": self.config["experiment"][1:]}
        self.assertEqual(missing(without, self.kernels),
                         sorted(f"{first['kernel']} under {d.name}" for d in self.kernels[first["kernel"]]))
        restricted = {"experiment": [first | {"models": "none"}, *without["experiment"]]}
        self.assertEqual(missing(restricted, self.kernels), missing(without, self.kernels))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1)
