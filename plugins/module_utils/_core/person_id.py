# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The id of a person whom the source names by e-mail address only."""

from __future__ import annotations

from uuid import UUID, uuid5

from .people_row import folded

NAMESPACE = UUID("9efa3900-a583-48cf-80d8-7b71f9e7fd0c")
"""Ours, for ever: with another one, a second run would register everybody once more."""


def person_id(location_uid: str, email: str) -> str:
    """The same on every machine and at every time. Of two locations it is not the same, since a client_user_id is one
    person's within a location only."""
    return str(uuid5(uuid5(NAMESPACE, location_uid), folded(email)))
