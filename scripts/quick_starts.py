"""Saves work that the start of a task would do again each time. For tests: what runs is what would have run.

scripts/venv.sh puts this file into the environments that run Ansible, where every Python that starts imports it.

- Ansible sends a module as an archive of a hundred and more sources, and Python compiles each of them at each start:
  only beside sources in folders it keeps what it compiled. Here it keeps it of archives too. What is kept is found by
  the source itself, so it is never stale. Benchmarks go without it (PLAIN_BYTECODE), as users do.
- To build such an archive takes as long as to run the module, and Ansible keeps it, without any parameter of a task,
  till the end of ansible-playbook. scripts/ansible_test.sh makes a folder beside the copy of the collection that it
  tests, in which those who use that copy keep it till the copy goes.
"""

import os
import sys
from types import CodeType

ARCHIVES = ".kept-archives"


class KeptArchives:
    """Waits for the part of Ansible that builds archives, and puts `folder` where it will look for them."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "ansible.executor.module_common":
            sys.meta_path.remove(self)
            from ansible import constants

            place = os.path.join(constants.DEFAULT_LOCAL_TMP, "ansiballz_cache")
            if not os.path.lexists(place):
                os.symlink(self.folder, place)


def keep_archives(collections_path: str) -> None:
    folder = os.path.join(collections_path.partition(os.pathsep)[0], ARCHIVES)
    if collections_path and os.path.isdir(folder):
        sys.meta_path.insert(0, KeptArchives(folder))


def keep(folder: str) -> None:
    import _imp
    import marshal
    import zipimport

    inside = vars(zipimport)
    compile_source = inside["_compile_source"]

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

    inside["_compile_source"] = compile_once


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


keep_archives(os.environ.get("ANSIBLE_COLLECTIONS_PATH", ""))
if "PLAIN_BYTECODE" not in os.environ:
    keep(os.path.join(sys.prefix, "kept-bytecode"))
