"""Every kernel gives the same bits in every model, placement, instruction set, and with every option.

What there is to run is read from the drivers' descriptions, so that a new kernel, option or model is
tested by existing.

Usage: test_same_bits.py BIN_FOLDER [unittest options]
"""

import functools
import itertools
import json
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import programs
from programs import DRIVERS, KERNELS, Driver, words

SHAPES = {"one row": (1, 150_001), "one column": (150_001, 1), "flat": (8, 40_003),
          "tall": (40_003, 8), "square": (700, 2_500)}


def placements(driver):
    """(ranks, threads) of a driver; the most telling first."""
    if driver.ranked and driver.threaded:
        return [(2, 2), (1, 3), (3, 1)]
    if driver.ranked:
        return [(3, 1), (2, 1), (4, 1), (1, 1)]
    return [(1, threads) for threads in (3, 2, 4, 1)] if driver.threaded else [(1, 1)]


def run(driver, kernel, params, options=(), ranks=1, threads=1):
    """The header and the facts of one pass."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record.jsonl"
        command = [driver.path, kernel, *words(params), *words(dict(options)), "--warmups", 0, "--samples", 1,
                   "--batch", 1, "--record", record]
        if driver.threaded:
            command += ["--threads", threads]
        done = programs.run(*command, ranks=ranks if driver.ranked else None, timeout=120)
        assert done.returncode == 0, (command, done.stderr)
        header, sample, _ = map(json.loads, record.read_text().splitlines())
        assert sample["verified"], sample["fault"]
        placement = header["placement"]
        assert (placement["ranks"], placement["threads"]) == (ranks, threads), (command, placement)
        return header, sample["facts"]


def has_own_facts(header):
    """Whether the result is another one each time, as that of a race."""
    return header.get("agreement") == "sample"


@functools.cache
def instruction_sets(driver, kernel):
    """Those that the option knows, this processor and this build have; by asking for each."""
    options = [option for option in driver.kernels[kernel]["options"] if option["name"] == "isa"]
    return [isa for option in options for isa in option["choices"] if isa != option["default"]
            and programs.run(driver.path, kernel, *words(driver.small(kernel)), "--isa", isa, "--samples", 1,
                            ranks=1 if driver.ranked else None).returncode == 0]


def option_sets(driver, kernel):
    """Every option of the driver; one of threads and one of ranks at once, since neither changes the other."""
    known = {option["name"]: option for option in driver.kernels[kernel]["options"]}
    of_threads, others = [{}], []
    for chosen in driver.option_sets(kernel):
        needs = [need for name in chosen for need in known[name].get("needs", ())]
        (of_threads if any(need.get("threaded") for need in needs) else others).append(chosen)
    return [one | other for one, other in itertools.zip_longest(of_threads, others, fillvalue={})]


def runs(kernel, drivers):
    """(driver, params, options, ranks, threads): each variant of the kernel in each instruction set, and under
    each driver every variant, option and placement at least once, in changing company."""
    first = drivers[0]
    for params, isa in itertools.product(first.variants(kernel), instruction_sets(first, kernel)):
        yield first, params, {"isa": isa}, 1, 1
    for driver in drivers:
        lists = [driver.variants(kernel), option_sets(driver, kernel), placements(driver)]
        for i in range(max(map(len, lists))):
            params, options, (ranks, threads) = (one[i % len(one)] for one in lists)
            yield driver, params, options, ranks, threads


class SameBits(unittest.TestCase):
    def test_of_every_kernel_everywhere(self):
        for kernel, drivers in KERNELS.items():
            self.expect_same(kernel, drivers[0].variants(kernel), list(runs(kernel, drivers)))

    def expect_same(self, kernel, variants, all_runs):
        """The facts of all runs are those of the plainest driver at one worker."""
        first = KERNELS[kernel][0]
        expected = {json.dumps(params): run(first, kernel, params)[1] for params in variants}
        with ThreadPoolExecutor(2) as pool:
            found = pool.map(lambda r: run(r[0], kernel, *r[1:]), all_runs)
            for one, (header, facts) in zip(all_runs, found):
                driver, params, options, ranks, threads = one
                with self.subTest(kernel=kernel, driver=driver.name, params=params, options=options, ranks=ranks,
                                  threads=threads):
                    self.assertGreater(len(facts), 0)
                    if has_own_facts(header):
                        continue
                    self.assertEqual(facts, expected[json.dumps(params)])

    def test_of_means_of_every_shape(self):
        """Where a matrix is cut depends on its shape, and a rank or thread may have none of it."""
        shapes = [{"rows": rows, "cols": columns, "type": type_} for rows, columns in SHAPES.values()
                  for type_ in ("f64", "f32")]
        drivers = KERNELS["matrix_mean"]
        self.expect_same("matrix_mean", shapes, [
            (driver, shape, {}, *placements(driver)[i % len(placements(driver))])
            for i, shape in enumerate(shapes) for driver in (drivers[i % len(drivers)], drivers[~i % len(drivers)])])

    def test_and_another_seed_gives_others(self):
        """A kernel with a seed has facts that depend on it, so that equal ones mean something."""
        for kernel, (first, *_) in KERNELS.items():
            params = first.small(kernel)
            if "seed" not in first.describe(kernel, params)["params"]:
                continue
            with self.subTest(kernel=kernel):
                self.assertNotEqual(run(first, kernel, params)[1], run(first, kernel, params, {"seed": 2})[1])


class Runs(unittest.TestCase):
    """The list of runs itself leaves nothing out."""

    def test_every_model_kernel_and_option_is_in_it(self):
        for kernel, drivers in KERNELS.items():
            every = list(runs(kernel, drivers))
            self.assertEqual({one[0].name for one in every}, {d.name for d in drivers})
            for driver in drivers:
                mine = [one for one in every if one[0] is driver]
                for params in driver.variants(kernel):
                    self.assertIn(params, [one[1] for one in mine])
                for options in driver.option_sets(kernel):
                    self.assertTrue([one for one in mine if options.items() <= one[2].items()], options)
                self.assertTrue({one[3:] for one in mine} >= set(placements(driver)))

    def test_few_results_are_their_own(self):
        """Of each kernel there is a variant whose results are the same everywhere."""
        for kernel, (first, *_) in KERNELS.items():
            alone = [has_own_facts(run(first, kernel, params)[0]) for params in first.variants(kernel)]
            self.assertLess(sum(alone), len(alone), kernel)
            self.assertLessEqual(sum(alone), 1, kernel)

    def test_something_is_varied(self):
        every = {kernel: list(runs(kernel, drivers)) for kernel, drivers in KERNELS.items()}
        self.assertGreater(len(every), 3)
        isas = {one[2].get("isa") for runs_ in every.values() for one in runs_}
        self.assertIn("scalar", isas)
        if any(d.ranked for d in DRIVERS.values()):
            self.assertTrue(any("distribution" in one[2] for runs_ in every.values() for one in runs_))
        if any(d.threaded for d in DRIVERS.values()):
            self.assertTrue(any("schedule" in one[2] for runs_ in every.values() for one in runs_))


class Described(unittest.TestCase):
    """How options are chosen from what a driver says of them."""

    OPTIONS = [
        {"name": "deal", "type": "choice", "choices": ["block", "queue"], "default": "block",
         "needs": [{"ranked": True}]},
        {"name": "plan", "type": "choice", "choices": ["a", "b"], "default": None, "needs": [{"threaded": True}]},
        {"name": "from", "type": "choice", "choices": ["here", "root", "disk"], "default": "here",
         "needs": [{"ranked": True, "when": ["root"]}, {"param": "input", "when": ["disk"]}]},
        {"name": "early", "type": "bool", "default": False,
         "needs": [{"option": "from", "is": ["root"]}, {"option": "deal", "is": ["block"]}]},
        {"name": "turn", "type": "count", "default": 0,
         "needs": [{"any": [{"option": "nothing", "is": [1]}, {"option": "early", "is": [True]}]}]},
        {"name": "isa", "type": "choice", "choices": ["auto", "x"], "default": "auto"}]

    def option_sets(self, ranked, threaded):
        driver = Driver.__new__(Driver)
        driver.said = {"model": {"ranked": ranked, "threaded": threaded, "device": False}}
        driver.kernels = {"k": {"options": self.OPTIONS}}
        driver.same_task = lambda kernel, options: True
        return driver.option_sets("k")

    def test_each_value_comes_with_what_it_needs(self):
        self.assertEqual(self.option_sets(True, False),
                         [{}, {"deal": "queue"}, {"from": "root"}, {"early": True, "from": "root"},
                          {"turn": 3, "early": True, "from": "root"}])

    def test_what_the_model_lacks_is_left_out(self):
        self.assertEqual(self.option_sets(False, True), [{}, {"plan": "a"}, {"plan": "b"}])
        self.assertEqual(self.option_sets(False, False), [{}])

    def test_options_become_words(self):
        self.assertEqual(words({"rank_chunk": 3, "overlap": True, "twins": False, "type": "f32"}),
                         ["--rank-chunk", "3", "--overlap", "--type", "f32"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)
