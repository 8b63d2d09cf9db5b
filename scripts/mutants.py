"""The mutants of a Python source: each is the text with one small change that a test should notice.

Left alone, since no behaviour hangs on them: annotations, decorators, imports, docstrings, and texts for people (those
that hold a blank, and f-strings).
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

SWAPPED: dict[type, type] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


@dataclass(frozen=True)
class Mutant:
    """`text` in place of the bytes from `start` to `end`. `lines`: of the statement, or of its head. `name`: what the
    statement binds, where it runs on import."""

    kind: str
    lines: range
    start: int
    end: int
    text: str
    name: str = field(default="", repr=False)

    def applied(self, source: bytes) -> bytes:
        """What comes after keeps its line."""
        lines = "\n" * (source.count(b"\n", self.start, self.end) - self.text.count("\n"))
        text = f"{self.text[:-1]}{lines})" if self.text.endswith(")") else self.text + lines
        return source[: self.start] + text.encode() + source[self.end :]


class _Finder:
    def __init__(self, source: bytes) -> None:
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self.found: list[Mutant] = []
        self._lines = range(0)
        self._name = ""

    def _add(self, kind: str, node: ast.expr | ast.stmt, text: str) -> None:
        start = self._starts[node.lineno - 1] + node.col_offset
        end = self._starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        self.found.append(Mutant(kind, self._lines, start, end, text, self._name))

    def _change(self, kind: str, node: ast.expr | ast.stmt, change: Callable[..., object]) -> None:
        other = copy.deepcopy(node)
        change(other)
        text = ast.unparse(other)
        self._add(kind, node, f"({text})" if isinstance(node, ast.expr) else text)

    def block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            if not is_text and not isinstance(statement, (ast.Import, ast.ImportFrom)):
                self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", node)
        self._name = getattr(target, "id", getattr(target, "name", ""))
        inner = getattr(node, "body", None)
        last = inner[0].lineno - 1 if isinstance(inner, list) and inner else node.end_lineno or node.lineno
        self._lines = range(node.lineno, max(last, node.lineno) + 1)
        if isinstance(node, (ast.Raise, ast.Expr, ast.AugAssign)):
            self._add("statement left out", node, "pass")
        elif isinstance(node, ast.Return) and not (node.value is None or _is_none(node.value)):
            self._add("nothing returned", node, "return None")
        elif isinstance(node, (ast.Continue, ast.Break)):
            self._add("loop", node, "break" if isinstance(node, ast.Continue) else "continue")
        if isinstance(node, (ast.If, ast.While)):
            self._add("condition turned", node.test, f"(not ({ast.unparse(node.test)}))")
        if isinstance(node, ast.AugAssign) and type(node.op) in SWAPPED:
            self._change("operator", node, lambda it: setattr(it, "op", SWAPPED[type(it.op)]()))
        if isinstance(node, ast.Raise):
            return  # what it says is text
        for name, value in ast.iter_fields(node):
            if name in ("decorator_list", "annotation", "returns", "args", "type_params", "bases", "keywords"):
                self._defaults(value)
            elif isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                self.block(value)
            else:
                self._expressions(value)

    def _defaults(self, value: object) -> None:
        if isinstance(value, ast.arguments):
            self._expressions([*value.defaults, *(one for one in value.kw_defaults if one is not None)])

    def _expressions(self, value: object) -> None:
        for node in value if isinstance(value, list) else [value]:
            if isinstance(node, (ast.ExceptHandler, ast.match_case)):
                self.block(node.body)
            elif isinstance(node, ast.expr) and not isinstance(node, ast.JoinedStr):
                self._expression(node)
                for _name, inner in ast.iter_fields(node):
                    self._expressions(inner)
            elif isinstance(node, (ast.keyword, ast.comprehension, ast.withitem)):
                for _name, inner in ast.iter_fields(node):
                    self._expressions(inner)
            elif isinstance(node, ast.arguments):  # of a lambda
                self._defaults(node)

    def _expression(self, node: ast.expr) -> None:
        if isinstance(node, ast.Compare):
            for place in range(len(node.ops)):
                self._change(
                    "comparison",
                    node,
                    lambda it, place=place: it.ops.__setitem__(place, SWAPPED[type(it.ops[place])]()),
                )
        elif isinstance(node, (ast.BoolOp, ast.BinOp)) and type(node.op) in SWAPPED:
            self._change("operator", node, lambda it: setattr(it, "op", SWAPPED[type(it.op)]()))
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            self._add("condition turned", node, f"({ast.unparse(node.operand)})")
        elif isinstance(node, ast.IfExp):
            self._change("condition turned", node, lambda it: setattr(it, "test", ast.UnaryOp(ast.Not(), it.test)))
        elif isinstance(node, ast.Constant):
            self._constant(node)

    def _constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self._add("constant", node, str(not value))
        elif isinstance(value, (int, float)):
            self._add("constant", node, repr(value + 1))
        elif isinstance(value, (str, bytes)) and not any(blank in str(value) for blank in (" ", "\n")):
            self._add("constant", node, repr(value + ("XX" if isinstance(value, str) else b"XX")))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def mutants(source: bytes) -> Iterator[Mutant]:
    """In the order of the source, only such as compile."""
    finder = _Finder(source)
    finder.block(ast.parse(source).body)
    for mutant in sorted(finder.found, key=lambda one: (one.start, one.end)):
        try:
            compile(mutant.applied(source), "mutant", "exec", dont_inherit=True)
        except SyntaxError:
            continue
        yield mutant
