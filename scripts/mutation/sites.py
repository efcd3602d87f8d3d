"""Where a C++ source can be changed, and which changes are drawn.

tree-sitter parses.  So comments, texts, includes, types, templates' brackets, static_assert and attributes are never
touched.
"""

import fnmatch
import random
import re
from dataclasses import dataclass

import tree_sitter_cpp
from tree_sitter import Language, Parser

PARSER = Parser(Language(tree_sitter_cpp.language()))

# What each operator becomes: in expressions of two operands, and in those of one.
BINARY = {"+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*"], "<<": [">>"], ">>": ["<<"], "&": ["|"],
          "|": ["&"], "^": ["&"], "&&": ["||"], "||": ["&&"], "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="],
          ">=": [">", "<"], "==": ["!="], "!=": ["=="]}
ASSIGNED = {"+=": ["-="], "-=": ["+="]}
COUNTED = {"++": ["--"], "--": ["++"]}

# Nothing inside these is changed.  The value of an enumerator is a name, and no test can see a place more in an array.
UNTOUCHED = {"comment", "string_literal", "raw_string_literal", "char_literal", "preproc_include", "preproc_def",
             "preproc_function_def", "preproc_call", "static_assert_declaration", "attribute_declaration",
             "alignas_qualifier", "attribute_specifier", "template_argument_list", "template_parameter_list",
             "enumerator", "bitfield_clause", "operator_name", "type_descriptor", "ERROR"}
CONDITIONAL = {"preproc_if", "preproc_elif", "preproc_ifdef"}
NUMBER = re.compile(r"(0[xX][0-9a-fA-F']+|[0-9][0-9']*)([uUlL]*)|([0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?)([fFlL]?)")


@dataclass(frozen=True)
class Mutant:
    file: str
    start: int  # bytes
    end: int
    old: str
    new: str
    line: int
    text: str  # of the line, as it was

    def applied(self, source: bytes) -> bytes:
        assert source[self.start:self.end].decode() == self.old
        return source[:self.start] + self.new.encode() + source[self.end:]

    def __str__(self):
        return f"{self.file}:{self.line}  {self.old or 'nothing'} -> {self.new or 'nothing'}"


def numbers_near(text):
    """What a constant becomes: one more and one less."""
    found = NUMBER.fullmatch(text)
    if not found:
        return []
    if found[1]:
        whole = found[1].replace("'", "")
        if re.fullmatch("0[0-7]+", whole):
            return []  # octal
        value = int(whole, 0)
        near = [value + 1] + ([value - 1] if value > 0 else [])
        return [(hex(one) if whole[:2] in ("0x", "0X") else str(one)) + found[2] for one in near]
    value = float(found[3])
    return [repr(value + 1) + found[4], repr(value - 1) + found[4] if value >= 1 else f"({value - 1!r}{found[4]})"]


def changes_at(node):
    """(token, its replacements) of a node itself."""
    operator = node.child_by_field_name("operator")
    text = operator.text.decode() if operator else ""
    if node.type == "binary_expression":
        return operator, BINARY.get(text, [])
    if node.type == "assignment_expression":
        return operator, ASSIGNED.get(text, [])
    if node.type == "update_expression":
        return operator, COUNTED.get(text, [])
    if node.type == "unary_expression" and text == "!":
        return operator, [""]
    if node.type == "number_literal":
        return node, numbers_near(node.text.decode())
    return node, []


def holds(condition, absent):
    """Whether a condition of the preprocessor holds here; None: not known."""
    found = re.fullmatch(r"(!?)\s*(?:defined\s*\(?\s*)?(\w+)\s*\)?", condition.strip())
    if not found:
        return None
    if any(re.search(one, found[2]) for one in absent):
        return bool(found[1])
    return not found[1] if found[2] == "__x86_64__" else None


class Sites:
    """The changes that one source offers, and its lines of code."""

    def __init__(self, file, source: bytes, left_out=(), absent=()):
        self.file, self.source, self.absent = file, source, absent
        self.calls = {one["call"] for one in left_out if "call" in one}
        self.names = {one["name"] for one in left_out if "name" in one and fnmatch.fnmatch(file, one["file"])}
        self.lines = source.decode().splitlines()
        self.code_lines, self.mutants, self.used = set(), [], set()
        if not any("call" not in one and "name" not in one and fnmatch.fnmatch(file, one["file"]) for one in left_out):
            self.visit(PARSER.parse(source).root_node)
        else:
            self.used.add(file)

    def visit(self, node):
        if node.type in UNTOUCHED or self.is_left_out(node):
            return
        if node.type in CONDITIONAL:
            self.visit_conditional(node)
            return
        if node.child_count == 0:
            self.code_lines.add(node.start_point[0])
        token, replacements = changes_at(node)
        for new in replacements:
            line = token.start_point[0]
            self.mutants.append(Mutant(self.file, token.start_byte, token.end_byte, token.text.decode(), new,
                                       line + 1, self.lines[line].strip()))
        size = node.child_by_field_name("size") if node.type == "array_declarator" else None
        for child in node.children:
            if child != size:
                self.visit(child)

    def visit_conditional(self, node):
        """The branches of the preprocessor that this processor can run."""
        condition = node.child_by_field_name("condition") or node.child_by_field_name("name")
        text = condition.text.decode()
        if node.type == "preproc_ifdef" and node.children[0].text == b"#ifndef":
            text = f"!{text}"
        known = holds(text, self.absent)
        alternative = node.child_by_field_name("alternative")
        for child in node.children:
            if child == alternative:
                if known is not True:
                    self.visit(child)
            elif child != condition and known is not False:
                self.visit(child)

    def is_left_out(self, node):
        name = None
        if node.type == "call_expression":
            function = node.child_by_field_name("function")
            name = re.sub(r"<.*", "", function.text.decode(), flags=re.S)
            name = re.split(r"\.|->|::", name)[-1]
            return self.note(name, name in self.calls)
        if node.type in ("init_declarator", "function_definition", "field_declaration"):
            declared = node.child_by_field_name("declarator")
            while declared is not None and declared.child_by_field_name("declarator") is not None:
                declared = declared.child_by_field_name("declarator")
            name = declared.text.decode() if declared is not None else None
            return self.note(name, name in self.names)
        return False

    def note(self, name, is_left_out):
        if is_left_out:
            self.used.add(name)
        return is_left_out


def drawn(all_sites, seed):
    """Endless but for the number of mutants: files by their lines of code, then a change in the file; none twice."""
    chance = random.Random(seed)
    ordered = sorted(all_sites, key=lambda sites: sites.file)
    left = {sites.file: (len(sites.code_lines), list(sites.mutants)) for sites in ordered if sites.mutants}
    while left:
        file = chance.choices(list(left), [lines for lines, _ in left.values()])[0]
        mutants = left[file][1]
        yield mutants.pop(chance.randrange(len(mutants)))
        if not mutants:
            del left[file]
