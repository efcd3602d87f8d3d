"""docs/record.md says what contract/*.schema.json say: the tables' keys, types and which are required, the examples.

Usage: test_record_doc.py SOURCE_FOLDER [unittest options]
"""

import copy
import json
import os
import re
import sys
import unittest
from pathlib import Path

try:
    import conformance
except ImportError as missing:
    print(f"{missing}; scripts/setup installs it")
    sys.exit(1 if os.environ.get("CI") else 77)  # skipped, where nobody relies on it

DOCUMENT = (Path(sys.argv[1]) / "docs/record.md").read_text()
SECTIONS = {"header": "The header", "sample": "A sample", "end": "The end", "catalogue": "The catalogue",
            "kernel": "A kernel", "param": "A parameter", "option": "An option", "need": "A need",
            "answer": "The work of a kernel"}
TYPES = {"string": "text", "integer": "integer", "number": "number", "boolean": "bool", "object": "object",
         "array": "list"}
SCHEMAS = {name: conformance.schema(name) for name in ("record", "describe")}


def section(heading):
    return re.split(r"\n##+ ", DOCUMENT.split(f"\n### {heading}\n")[1])[0]


def rows_in_document(heading):
    """{key: (type, required)} of the table under a heading."""
    cells = [[cell.strip() for cell in line.split("|")] for line in section(heading).splitlines()
             if line.startswith("| `")]
    return {row[1].strip("`"): (row[2], {"yes": True, "no": False}[row[3]]) for row in cells}


def type_text(kind):
    if isinstance(kind, list):
        return " or ".join(TYPES.get(one, one) for one in kind) if len(kind) < 4 else "any"
    return TYPES[kind]


def rows_in_schema(node, schema, prefix=""):
    """The same of a schema.  What has a table of its own is not repeated, nor the work in the header."""
    rows = {}
    for key, value in node.get("properties", {}).items():
        target = value.get("$ref", "").removeprefix("#/$defs/")
        full = schema["$defs"].get(target, {}) | value
        rows[prefix + key] = (type_text(full["type"]), key in node.get("required", []))
        inner, separator = (full.get("items", {}), "[].") if full["type"] == "array" else (full, ".")
        if not ("header" in schema["$defs"] and key == "work"):
            rows |= rows_in_schema(inner, schema, prefix + key + separator)
    return rows


def rows_of(part, schemas=None):
    for schema in (schemas or SCHEMAS).values():
        if part in schema["$defs"]:
            return rows_in_schema(schema["$defs"][part], schema)
    raise KeyError(part)


def examples(text):
    """The JSON values shown in indented blocks, in order."""
    values, decoder = [], json.JSONDecoder()
    for block in re.findall(r"(?m)(?:^    .*\n)+", text):
        while block.strip().startswith("{"):
            value, end = decoder.raw_decode(block.strip())
            values.append(value)
            block = block.strip()[end:]
    return values


def properties(node):
    """(name, schema) of every property at any depth, less those in conditions."""
    if isinstance(node, dict):
        yield from node.get("properties", {}).items()
        node = [value for key, value in node.items() if key not in ("if", "then", "else", "not")]
    for value in node if isinstance(node, list) else ():
        yield from properties(value)


class RecordDocument(unittest.TestCase):
    def test_tables_have_the_keys_types_and_requirements_of_the_schemas(self):
        for part, heading in SECTIONS.items():
            with self.subTest(heading=heading):
                self.assertEqual(rows_in_document(heading), rows_of(part))

    def test_every_part_of_a_schema_that_has_keys_has_a_table(self):
        for schema in SCHEMAS.values():
            for part, node in schema["$defs"].items():
                self.assertEqual(part in SECTIONS, "properties" in node, part)

    def test_a_change_of_a_schema_is_noticed(self):
        for part, change in (("header", lambda node: node["properties"].pop("isa")),
                             ("header", lambda node: node["required"].append("isa")),
                             ("sample", lambda node: node["properties"]["total_s"].update(type="integer")),
                             ("end", lambda node: node["properties"].update(more={"type": "string"}))):
            schemas = copy.deepcopy(SCHEMAS)
            change(schemas["record"]["$defs"][part])
            self.assertNotEqual(rows_in_document(SECTIONS[part]), rows_of(part, schemas))

    def test_the_examples_are_valid(self):
        header, sample, end = examples(DOCUMENT.split("\n## The record\n")[1])[:3]
        text = "\n".join(json.dumps(line) for line in (header, sample, end))
        self.assertEqual(conformance.record_faults(text), [])
        catalogue, = examples(section("The catalogue"))
        self.assertEqual(conformance.catalogue_faults(catalogue, "scalelaw-mpi"), [])
        answer, = examples(section("The work of a kernel"))
        self.assertEqual(conformance.schema_faults(answer, "answer"), [])
        del sample["verified"]
        self.assertNotEqual(conformance.schema_faults(sample, "sample"), [])

    def test_every_property_is_described(self):
        for schema in SCHEMAS.values():
            self.assertGreater(len(list(properties(schema))), 30)
            for name, value in properties(schema):
                self.assertGreater(len(value.get("description", "")), 3, name)

    def test_the_work_is_the_same_in_both_schemas(self):
        record, describe = (schema["$defs"] for schema in SCHEMAS.values())
        self.assertEqual(record["header"]["properties"]["work"]["properties"],
                         describe["answer"]["properties"]["work"]["properties"])
        for shared in set(record) & set(describe):
            self.assertEqual(record[shared], describe[shared], shared)

    def test_the_schemas_are_schemas(self):
        for schema in SCHEMAS.values():
            conformance.jsonschema.Draft202012Validator.check_schema(schema)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)
