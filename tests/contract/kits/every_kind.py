#!/usr/bin/env python3
"""The same as every_kind.c."""
import time

from scalelaw_driver import Kernel, Param, RunFailure, UsageError, run_driver


class Plain(Kernel):
    """nothing but a pass"""

    def work(self):
        return {"operations": 1}

    def compute(self, run):
        time.sleep(1e-4)

    def facts(self, result):
        return {}


class Kinds(Kernel):
    """every "kind" of parameter"""
    size_parameter = "size"
    params = [Param("size", 1000, "steps", 1, 10**9), Param("a_count", 3, "any count"),
              Param("number", 0.5, "a share", 0, 1), Param("flag", False, "on or off"),
              Param("text", "none", "any text"),
              Param("fault", "none", "what goes wrong",
                    choices=("none", "wrong", "changing", "raising", "refused", "failing"))]
    options = [Param("way", "short", "how it is done", choices=("short", "long"))]
    phases = {"first": "serial", "then": "parallel"}
    passes = 0

    def __init__(self, args):
        super().__init__(args)
        if args.fault == "refused":
            raise UsageError("'fault' refuses", "omit it")

    def work(self):
        return {"operations": 1000, "flops": 2000, "compulsory_bytes": 8000, "resident_bytes": 16000, "amount": 3,
                "unit": "things", "items": 10, "exchange": "other"}

    def fill(self, run):
        if self.args.fault == "failing":
            raise RunFailure("'fault' fails", "omit it")

    def compute(self, run):
        if self.args.fault == "raising" and self.passes > 1:
            raise ValueError("'fault' raises")
        run.enter("first")
        sum(range(self.args.size))
        run.enter("then")
        sum(range(2 * self.args.size))
        self.passes += 1

    def facts(self, result):
        args = self.args
        facts = {"count": str(args.a_count), "rest": f"{args.number:g} {args.flag:d} {args.text} {args.way}"}
        return facts | ({"pass": str(self.passes)} if args.fault == "changing" else {})

    def verify(self, result):
        return 'pass 0 is "wrong"' if self.args.fault == "wrong" else ""


run_driver({"plain": Plain, "kinds": Kinds})
