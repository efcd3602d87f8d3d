"""The tables of a page as a reader's browser has them, and that their numbers are those of the program."""

import html.parser


class Tables(html.parser.HTMLParser):
    """`found`: every table of a page, as {"name": ..., "caption": ..., "place": ..., "columns": [...], "rows": [...]};
    a row is a pair of its attributes and its cells, which are pairs of their number (None: none) and their text."""

    def __init__(self, text):
        super().__init__()
        self.found, self._texts, self._region = [], None, ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        if tag == "div" and about.get("role") == "region":
            self._region = about["aria-label"]
        elif tag == "table":
            self.found.append({"name": about.get("data-table", ""), "caption": "", "place": self._region, "columns": [],
                               "rows": []})
        elif tag == "tr" and self.found:
            self.found[-1]["rows"].append((about, []))
        elif tag in ("caption", "th", "td"):
            self._texts, self._number = [], about.get("data-v")

    def handle_data(self, data):
        if self._texts is not None:
            self._texts.append(data)

    def handle_endtag(self, tag):
        if tag not in ("caption", "th", "td") or self._texts is None:
            return
        text, self._texts = "".join(self._texts).strip(), None
        if tag == "caption":
            self.found[-1]["caption"] = text
        elif tag == "th":
            self.found[-1]["columns"].append(text)
        else:
            self.found[-1]["rows"][-1][1].append((self._number, text))

    def named(self, name):
        return [table for table in self.found if name in (table["name"], table["caption"])]

    def rows(self, name):
        """The rows of every table of this name or caption: their attributes, and their cells by column."""
        return [(about, dict(zip(table["columns"], cells))) for table in self.named(name)
                for about, cells in table["rows"] if cells]


#: The columns of points, with those of /scaling, and how many digits are shown (None: it has a unit).
POINT_COLUMNS = {
    "time": ("time_s", "time_low_s", "time_high_s", None), "rate": ("rate_per_s", None, None, None),
    "speedup over serial": ("serial_speedup", "serial_speedup_low", "serial_speedup_high", 2),
    "speedup over one worker": ("own_speedup", "own_speedup_low", "own_speedup_high", 2),
    "efficiency": ("serial_efficiency", None, None, None), "efficiency over one worker": ("own_efficiency", None, None, None),
    "of ceiling": ("ceiling_share", None, None, None), "launches": ("launches", None, None, None),
}


def check(test, text, report):
    """That the tables of a page of one file have the numbers of `report --format json`, to the last digit."""
    tables = Tables(text)
    check_points(test, tables, report)
    check_laws(test, tables, report)
    check_ceilings(test, tables, report)
    rules = tables.rows("Rules")
    test.assertEqual([(cells["rule"][1], cells["standing"][1]) for _, cells in rules],
                     [(str(rule["number"]), rule["standing"]) for rule in report["rules"]])
    for caption, key, column, of in (("Peers", "peers", "our time / the peer's", "ratio"), ("Options", "variants", "gain", "gain")):
        test.assertEqual([number(cells[column]) for _, cells in tables.rows(caption)],
                         [one[of]["value"] for one in report[key]], caption)
    test.assertEqual([number(cells["busy"]) for _, cells in tables.rows("Stages of pipelines")],
                     [stage["busy_s"] for one in report["stages"] for stage in one["stages"]])
    busy = tables.rows("Busy blocks")
    for column, key in (("free cores before", "free_cores"), ("lost during", "lost_share")):
        test.assertEqual([number(cells[column]) for _, cells in busy], [one[key] for one in report["busy_blocks"]], column)
    check_observed(test, tables, report)


def number(cell):
    return None if cell[0] is None else float(cell[0])


def check_points(test, tables, report):
    shown = {int(about["data-point"]): cells for about, cells in tables.rows("points")}
    told = {row["point"]: row for row in report["scaling"]}
    series = {point["point"] for one in report["series"] for point in one["points"]}
    test.assertLessEqual(series, set(shown))
    for point, cells in shown.items():
        for column, (key, low, high, digits) in POINT_COLUMNS.items():
            value = told[point][key]
            if column not in cells:
                test.assertIsNone(value, (point, column))
                continue
            if column == "launches":
                test.assertEqual(cells[column][1], str(value))
                continue
            test.assertEqual(number(cells[column]), value, (point, column))
            if value is not None and digits is not None:
                test.assertTrue(cells[column][1].startswith(f"{value:.{digits}f}"), cells[column])
                if told[point][low] is not None:
                    test.assertIn(f"[{told[point][low]:.{digits}f}, {told[point][high]:.{digits}f}]", cells[column][1])


#: The columns of what was seen while points were measured, with those of /scaling.
OBSERVED_COLUMNS = {
    "memory": "peak_bytes", "largest": "largest_peak_bytes", "steal": "steal_share", "queued": "queued_share",
    "switches/s": "switches_per_s", "faults": "major_faults", "clock": "clock_hz",
    "instructions per cycle": "instructions_per_cycle", "energy": "energy_j"}


def check_observed(test, tables, report):
    """That the table has a row for each point that tells anything, and no column that no point tells."""
    told = [row for row in report["scaling"] if any(row[key] is not None for key in OBSERVED_COLUMNS.values())]
    shown = tables.rows("While the points were measured")
    test.assertEqual(len(shown), len(told))
    for (_, cells), row in zip(shown, told):
        for column, key in OBSERVED_COLUMNS.items():
            test.assertEqual(number(cells.get(column, (None, ""))), row[key], (row["point"], column))


def check_laws(test, tables, report):
    told = [(fitted["value"], law["r_squared"], law["held_out_error"]) for series in report["series"]
            for law in series["laws"] for fitted in (law["parameters"] or {}).values()]
    shown = [tuple(number(cells.get(column, (None, ""))) for column in ("value", "R²", "held-out error"))
             for _, cells in tables.rows("laws") if number(cells["value"]) is not None]
    key = lambda row: tuple(-1 if value is None else value for value in row)
    test.assertEqual(sorted(shown, key=key), sorted(told, key=key))


def check_ceilings(test, tables, report):
    shown = tables.rows("Ceilings")
    test.assertEqual(len(shown), len(report["ceilings"]))
    for (_, cells), ceiling in zip(shown, report["ceilings"]):
        for column, key in (("read", "read_bytes_per_s"), ("latency", "latency_s"), ("bandwidth", "bandwidth_bytes_per_s")):
            value = ceiling[key]["value"] if ceiling[key] else None
            test.assertEqual(number(cells.get(column, (None, ""))), value, (ceiling, column))
