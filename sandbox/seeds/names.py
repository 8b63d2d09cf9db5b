# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invented people: given and family names that are combined, so that nobody in particular is meant."""

from __future__ import annotations

GIVEN = [
    "Aroha",
    "Ben",
    "Chiara",
    "Dov",
    "Elin",
    "Farid",
    "Grace",
    "Hemi",
    "Ines",
    "Jonah",
    "Kiri",
    "Leo",
    "Mina",
    "Nico",
    "Olive",
    "Priya",
    "Quinn",
    "Rosa",
    "Sione",
    "Tane",
    "Uma",
    "Viktor",
    "Wiremu",
    "Xanthe",
    "Yara",
    "Zoe",
    "Anahera",
    "Bruno",
    "Clara",
    "Dara",
]
FAMILY = [
    "Abbott",
    "Bellamy",
    "Castell",
    "Duran",
    "Eriksen",
    "Fonoti",
    "Gruber",
    "Hale",
    "Ito",
    "Jansen",
    "Kauri",
    "Lindqvist",
    "Marsh",
    "Ngata",
    "Okafor",
    "Parata",
    "Quist",
    "Reid",
    "Sato",
    "Tamahori",
    "Underhill",
    "Vane",
    "Wilder",
    "Xu",
    "Yates",
    "Zeller",
    "Ashdown",
    "Birch",
    "Corrie",
    "Dunmore",
    "Ellery",
]


def full_name(number: int) -> str:
    """The name of the n-th person; 930 different ones."""
    return f"{GIVEN[number % len(GIVEN)]} {FAMILY[number % len(FAMILY)]}"
