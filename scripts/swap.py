"""A changed source without a new import: functions that already stand are given the code that the changed text has for
them. What only an import runs (constants, defaults, bodies of classes) can't be changed this way.
"""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType

Pair = tuple[CodeType, CodeType]
"""The code of a function as it is, and as it would be."""
_COLLECTION = "ansible_collections/openmdm/vpp/"
_Key = tuple[str, str, int]


def name_in_clone(path: str) -> str:
    """Of a file of the collection, empty for another."""
    head, _found, tail = path.partition(_COLLECTION)
    return tail if head else ""


def compiled(name: str, text: bytes) -> CodeType:
    return compile(text, name, "exec", dont_inherit=True)


def changes(before: CodeType, after: CodeType) -> list[Pair] | None:
    """The functions of a module that differ; none: the change means nothing. None: more than functions differs."""
    if _shape(before, whole=False) != _shape(after, whole=False):
        return None
    pairs = list(zip(_functions(before), _functions(after), strict=True))
    pairs = [(old, new) for old, new in pairs if _shape(old) != _shape(new)]
    return None if any(old.co_freevars != new.co_freevars for old, new in pairs) else pairs


def _is_function(code: CodeType) -> bool:
    return bool(code.co_flags & inspect.CO_OPTIMIZED)


def _codes(code: CodeType) -> Iterator[CodeType]:
    return (one for one in code.co_consts if isinstance(one, CodeType))


def _functions(code: CodeType) -> Iterator[CodeType]:
    """Those that an import makes: of the module and of its classes."""
    for one in _codes(code):
        if _is_function(one):
            yield one
        else:
            yield from _functions(one)


def _inner(code: CodeType) -> Iterator[CodeType]:
    for one in _codes(code):
        yield one
        yield from _inner(one)


def _shape(code: CodeType, whole: bool = True) -> tuple[object, ...]:
    """What it does, without where it stands; if not `whole`, of its functions only their names."""
    return (
        code.co_code,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags),
        code.co_exceptiontable,
        tuple(_constant(one, whole) for one in code.co_consts),
    )


def _constant(value: object, whole: bool) -> object:
    if not isinstance(value, CodeType):
        return type(value), repr(value)
    return _shape(value, whole) if whole or not _is_function(value) else value.co_qualname


class Functions:
    """All functions of the collection that stand now."""

    def __init__(self) -> None:
        self._standing: dict[_Key, list[FunctionType]] = {}
        for one in gc.get_objects():
            if one.__class__ is FunctionType and (name := name_in_clone(one.__code__.co_filename)):
                self._standing.setdefault(_key(name, one.__code__), []).append(one)

    def can(self, name: str, pairs: list[Pair]) -> bool:
        """Not where a function is not found, nor where an inner one of it stands already."""
        return all(_key(name, old) in self._standing for old, _new in pairs) and not any(
            _key(name, one) in self._standing for old, _new in pairs for one in _inner(old)
        )

    def give(self, name: str, pairs: list[Pair]) -> None:
        for old, new in pairs:
            for one in self._standing[_key(name, old)]:
                one.__code__ = new.replace(co_filename=one.__code__.co_filename)


def _key(name: str, code: CodeType) -> _Key:
    return name, code.co_qualname, code.co_firstlineno
