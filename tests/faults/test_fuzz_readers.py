# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is read, the outcome is a value or one of our sentences, and soon."""

from __future__ import annotations

import time
import zlib
from collections import Counter

import pytest

from ansible_collections.openmdm.vpp.tests.faults import readers, readers_files, readers_mail, readers_services
from ansible_collections.openmdm.vpp.tests.faults.mutation import Mutator
from ansible_collections.openmdm.vpp.tests.faults.readers import Reader
from ansible_collections.openmdm.vpp.tests.faults.soak import FIRST_SEED, amount
from ansible_collections.openmdm.vpp.tests.faults.tally import Tally

LONGEST = 1.0
READERS = (*readers.READERS, *readers_files.READERS, *readers_mail.READERS, *readers_services.READERS)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_seeds_are_read(reader: Reader) -> None:
    """Else only the way out is tested."""
    assert "value" in {_outcome(reader, seed) for seed in reader.seeds}


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_no_input_is_too_much(reader: Reader) -> None:
    seed = zlib.crc32(reader.name.encode())
    mutator = Mutator(seed + FIRST_SEED, reader.words)
    outcomes: Counter[str] = Counter()
    for data in mutator.inputs(reader.seeds, amount(1_000, 100_000)):
        outcomes[_outcome(reader, data)] += 1
    crashes = {outcome: count for outcome, count in outcomes.items() if outcome not in ("value", "error")}
    tally = Tally("readers")
    tally.add(f"inputs to {reader.name}", outcomes.total())
    tally.add("crashes", sum(crashes.values()))
    tally.write(f"{seed}")
    assert not crashes
    assert outcomes["value"] > 0


def _outcome(reader: Reader, data: bytes) -> str:
    begun = time.thread_time()
    outcome = "value"
    try:
        reader.read(data)
    except reader.errors:
        outcome = "error"
    except Exception as error:  # each kind is told once, with the input that shows it
        return f"{type(error).__name__}: {error!s:.100}: {_place(error)}"
    if time.thread_time() - begun > LONGEST:
        return f"slow: {data[:200]!r} ({len(data)} bytes)"
    return outcome


def _place(error: BaseException) -> str:
    trace, where = error.__traceback__, ""
    while trace is not None:
        where = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return where
