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

    def all(self) -> list[Cell]:
        return [
            Cell(job, service, phase, fault)
            for job in self.data["jobs"]
            for service, phases in self.data["phases"].items()
            for phase in phases
            for fault in self.data["faults"][service]
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
        starts_none = cell.job in self.data["without_events"] and fault.get("arm", {}).get("kind", "").startswith("event_")
        return "event" if starts_none else ""

    def run(self) -> list[Cell]:
        return [cell for cell in self.all() if not self.reason(cell)]

    def fault(self, cell: Cell) -> dict[str, Any]:
        found: dict[str, Any] = self.data["faults"][cell.service][cell.fault]
        return found


MATRIX = Matrix(yaml.safe_load(FILE.read_text(encoding="utf-8")))
