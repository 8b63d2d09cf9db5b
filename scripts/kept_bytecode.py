"""Keeps what Python compiles out of archives, so that a module's start in a test takes two thirds of the time.

Ansible sends a module as an archive of a hundred and more sources, and Python compiles each of them at each start: only
beside sources in folders it keeps what it compiled. scripts/venv.sh puts this file into the environments of the lanes,
where every Python that starts imports it. What is kept is found by the source itself, so it is never stale, and what
runs is what would have run. Benchmarks go without it (PLAIN_BYTECODE), as users do.
"""

import os
import sys
from types import CodeType


def keep(folder: str) -> None:
    import _imp
    import marshal
    import zipimport

    compile_source = zipimport._compile_source  # type: ignore[attr-defined]

    def compile_once(path: str, source: bytes) -> CodeType:
        file = os.path.join(folder, _imp.source_hash(1, source).hex())
        try:
            with open(file, "rb") as stored:
                code: CodeType = marshal.load(stored)
        except (OSError, EOFError, ValueError, TypeError):
            code = compile_source(path, source)
            store(file, marshal.dumps(code))
        else:
            _imp._fix_co_filename(code, path)  # the archive has another name each time
        return code

    zipimport._compile_source = compile_once  # type: ignore[attr-defined]


def store(file: str, content: bytes) -> None:
    """Whole or not at all, since other processes read and write it meanwhile."""
    mine = f"{file}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(mine, "wb") as new:
            new.write(content)
        os.replace(mine, file)
    except OSError:
        return  # a full disk costs time only


if "PLAIN_BYTECODE" not in os.environ:
    keep(os.path.join(sys.prefix, "kept-bytecode"))
