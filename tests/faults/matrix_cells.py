# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cells of the matrix, from its data file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("matrix.yml")


@dataclass(frozen=True)
class Cell:
    """One job that meets one fault of a service at one phase."""

    job: str
    service: str
    phase: str
    fault: str

    def __str__(self) -> str:
        return f"{self.job}: {self.service}: {self.phase}: {self.fault}"


class Matrix:
    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.faults = {
            service: {f"{kind}, {way}": how for kind, fault in kinds.items() for way, how in fault["ways"].items()}
            for service, kinds in data["faults"].items()
        }

    def all(self) -> list[Cell]:
        return [
            Cell(job, service, phase, fault)
            for job in self.data["jobs"]
            for service, phases in self.data["phases"].items()
            for phase in phases
            for fault in self.faults[service]
        ]

    def reason(self, cell: Cell) -> str:
        """Why a cell is not run; empty = it is."""
        fault = self.fault(cell)
        only = fault.get("only")
        if cell.service not in self.data["jobs"][cell.job]:
            return "service"
        if cell.phase not in self.data["jobs"][cell.job][cell.service]:
            return "phase"
        if only is not None and cell.phase not in only:
            return "fault"
        starts_none = cell.job in self.data["without_events"] and fault.get("arm", {}).get("kind", "").startswith(
            "event_"
        )
        return "event" if starts_none else ""

    def run(self) -> list[Cell]:
        return [cell for cell in self.all() if not self.reason(cell)]

    def part(self) -> list[Cell]:
        """A few cells that cover every job, phase and fault: the first that brings something new, again and again."""
        seen: set[tuple[str, ...]] = set()
        chosen = []
        for cell in self.run():
            new = {
                ("job", cell.job, cell.service),
                ("phase", cell.service, cell.phase),
                ("fault", cell.service, cell.fault),
            } - seen
            if new:
                seen |= new
                chosen.append(cell)
        return chosen

    def exception(self, cell: Cell) -> dict[str, Any] | None:
        """The first entry that is about the cell."""
        for entry in self.data["exceptions"]:
            if all(getattr(cell, name) in entry.get(name, [getattr(cell, name)]) for name in ("job", "phase", "fault")):
                found: dict[str, Any] = entry
                return found
        return None

    def ruled(self, cell: Cell) -> str:
        """What is expected of the fault at the phase, whatever the job."""
        told = self.fault(cell).get("expect", "overcome")
        if isinstance(told, dict):
            told = told.get(cell.phase, told["else"])
        if told == "stops":
            return "nothing" if cell.phase in self.data["before_writing"] else "told"
        return str(told)

    def expected(self, cell: Cell) -> str:
        entry = self.exception(cell)
        return self.ruled(cell) if entry is None else str(entry["expect"])

    def again(self, cell: Cell) -> dict[str, Any]:
        """Options with which the job goes on after the fault, where it takes a word of the admin."""
        entry = self.exception(cell) or self.fault(cell)
        found: dict[str, Any] = entry.get("again", {})
        return found

    def fault(self, cell: Cell) -> dict[str, Any]:
        found: dict[str, Any] = self.faults[cell.service][cell.fault]
        return found


MATRIX = Matrix(yaml.safe_load(FILE.read_text(encoding="utf-8")))
