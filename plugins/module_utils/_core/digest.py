# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digests by which a set of operations is known again, whatever its order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from .model import AssignmentRequest


def digest_in_order(header: str, lines: Iterable[str]) -> str:
    """sha256 in hexadecimal over the header and the lines as they come. It finds differences; it is no signature."""
    whole = hashlib.sha256(f"{header}\n".encode())
    for line in lines:
        whole.update(f"{line}\n".encode("utf-8", "surrogatepass"))
    return whole.hexdigest()


def digest_of(header: str, lines: Iterable[str]) -> str:
    """The same whatever the order of the lines."""
    return digest_in_order(header, sorted(lines))


def request_digest(request: AssignmentRequest) -> str:
    """Of the pairs of one request: each of its assets with each of its targets, so both sets tell all of them."""
    assets = [f"asset\t{asset.adam_id}\t{asset.pricing_param}" for asset in request.assets]
    devices = [f"device\t{name!r}" for name in request.serial_numbers]
    people = [f"user\t{name!r}" for name in request.client_user_ids]
    return digest_of(request.verb, {*assets, *devices, *people})
