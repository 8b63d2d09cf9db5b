"""planted.py [WORD...]: proves that the tests can fail. Plants one defect after the other, runs the test that has to
notice it, and fails if one goes unnoticed. With words: only the defects in whose kind or name one of them stands.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from functools import partial

from defects import DEFECTS, TESTS, UTILS, Defect
from forked import CAUGHT, ROOT, end, give, prepare, run_tests, start

LOG = ROOT / ".cache" / "planted.log"
MOST_SECONDS = 300


def main(words: list[str]) -> int:
    prepare()
    kinds: Counter[str] = Counter()
    unnoticed = 0
    for defect in DEFECTS:
        if words and not any(word in f"{defect.kind} {defect.name}" for word in words):
            continue
        start(partial(plant_and_test, defect, planted(defect)), MOST_SECONDS, LOG)
        _child, status = end()
        output = LOG.read_text(encoding="utf-8", errors="replace")
        first = re.search(r"^FAILED (\S+)", output, re.MULTILINE)
        # If the test did not even run, the defect is not caught by it.
        caught = status == CAUGHT and first is not None
        kinds[defect.kind] += caught
        unnoticed += not caught
        by = f"by {first[1].rpartition('/')[2]}" if first else f"pytest ended with {status}"
        print(f"{'caught' if caught else 'UNNOTICED':10} {defect.kind:14} {defect.name}, {by}", flush=True)
        if not caught:
            print("\n".join(f"    {line}" for line in output.splitlines()[-15:]))
    print("Caught:", ", ".join(f"{count} of {kind}" for kind, count in kinds.items()))
    return 1 if unnoticed or not kinds else 0


def planted(defect: Defect) -> bytes:
    source = (ROOT / UTILS / defect.file).read_text(encoding="utf-8")
    if source.count(defect.right) != 1:
        sys.exit(f"{defect.file}: {defect.right!r} should stand there once; adapt scripts/defects.py to the code.")
    return source.replace(defect.right, defect.wrong).encode()


def plant_and_test(defect: Defect, text: bytes) -> int:
    give(f"{UTILS}/{defect.file}", text)
    return run_tests(f"{TESTS}/{defect.test}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
