# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings what an admin typed into the one form that Apple uses: serial numbers, adam ids, and assets by any name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from .errors import AssetError, InputError
from .model import DEFAULT_PRICING, Asset, AssetKey, Metadata

SAMPLES = 5

_SERIAL = re.compile(r"[A-Za-z0-9]{4,24}")
# Apple's serial numbers have 8 to 14 characters today, and no length is promised. The bounds only tell them from what
# gets into such lists by mistake: row numbers below, UDIDs (25 with a hyphen, 40) and UUIDs (32, 36) above.
_ADAM_ID = re.compile(r"[1-9][0-9]{0,18}")
_WHITE = " \t\r\n\v\f\u0085\u00a0\u2007\u202f\u200b\u2060\ufeff"
"""White space, and the invisible characters that spreadsheets and web pages leave at the ends of a cell."""


def normalise_serial_numbers(
    values: Iterable[str], source: str, *, lines: Sequence[int] | None = None
) -> tuple[list[str], list[str]]:
    """Serial numbers trimmed, in upper case and once each, in the order of their first mention; and warnings.

    `source` is the option or file for the sentences; `lines` gives the line of each value where it came from a file.
    Raises InputError for text that can't be a serial number.
    """
    result: dict[str, None] = {}
    twice: dict[str, None] = {}
    lower: dict[str, None] = {}
    padded: dict[str, None] = {}
    bad: list[str] = []
    for position, value in enumerate(values):
        text = value.strip(_WHITE)
        if not _SERIAL.fullmatch(text):
            where = f"item {position + 1}" if lines is None else f"line {lines[position]}"
            bad.append(f"{where} {_serial_problem(text)}")
            continue
        serial = text.upper()
        if len(text) != len(value):
            padded[serial] = None
        if serial != text:
            lower[serial] = None
        if serial in result:
            twice[serial] = None
        result[serial] = None
    if bad:
        more = f", and {len(bad) - SAMPLES} more" if len(bad) > SAMPLES else ""
        raise InputError(
            f"{source}: {'; '.join(bad[:SAMPLES])}{more}; give serial numbers as printed in the device's settings.",
            facts={"unusable": len(bad)},
        )
    warnings = [
        f"{source}: {len(found)} serial number{'s' if len(found) > 1 else ''} {what}: {samples(found)}."
        for found, what in (
            (twice, "given more than once, each counts once"),
            (lower, "in lower case, read as upper case"),
            (padded, "with white space around, which was removed"),
        )
        if found
    ]
    return list(result), warnings


def trimmed(text: str) -> str:
    """Without the white space around it."""
    return text.strip(_WHITE)


def usable_serial_number(text: str) -> str:
    """A serial number that an MDM tells, in the one form; empty for text that can't be one."""
    serial = text.strip(_WHITE)
    return serial.upper() if _SERIAL.fullmatch(serial) else ""


def _serial_problem(text: str) -> str:
    if not text:
        return "is empty"
    # Short, since a file that was named by mistake may hold secrets.
    shown = repr(text if len(text) <= 16 else text[:12] + "...")
    if any(character in _WHITE for character in text):
        return f"({shown}) has white space inside"
    if not (text.isascii() and text.isalnum()):
        return f"({shown}) holds something other than A-Z and 0-9"
    return f"({shown}) has {len(text)} characters, not 4 to 24"


def samples(names: Iterable[str], limit: int = SAMPLES) -> str:
    """The first names of many, for a sentence."""
    shown = list(names)
    more = f" and {len(shown) - limit} more" if len(shown) > limit else ""
    return ", ".join(shown[:limit]) + more


def normalise_adam_id(value: str | int, source: str = "adam_id") -> str:
    """Adam id as text of digits [D responseasset]; a number is accepted, since YAML reads unquoted digits as one."""
    text = "" if isinstance(value, bool) else str(value).strip(_WHITE)
    if not _ADAM_ID.fullmatch(text):
        shown = repr(value) if len(repr(value)) <= 40 else "the value"
        raise InputError(
            f"{source}: {shown} isn't an adam id; give the digits after 'id' in the App Store address of the app."
        )
    return text


@dataclass(frozen=True, slots=True)
class AssetSelector:
    """One asset as the admin names it: by exactly one of the three; no `pricing_param` = standard quality first."""

    adam_id: str = ""
    bundle_id: str = ""
    name: str = ""
    pricing_param: str = ""

    def __str__(self) -> str:
        option = "adam_id" if self.adam_id else "bundle_id" if self.bundle_id else "name"
        quality = f" ({self.pricing_param})" if self.pricing_param else ""
        return f"{option} {self.adam_id or self.bundle_id or self.name}{quality}"


def resolve_assets(
    selectors: Iterable[AssetSelector], assets: Iterable[Asset], metadata: Mapping[str, Metadata]
) -> list[Asset]:
    """The owned assets that the selectors name, in their order and once each. `metadata` is by adam id.

    Bundle ids match exactly, names without regard to case and to white space around. Raises AssetError for what isn't
    owned (with near candidates) or fits several assets (with all of them); all problems in one sentence.
    """
    owned: dict[str, list[Asset]] = {}
    for asset in sorted(assets, key=lambda asset: asset.key):
        owned.setdefault(asset.key.adam_id, []).append(asset)
    by_bundle: dict[str, list[str]] = {}
    by_name: dict[str, list[str]] = {}
    for adam_id in owned:
        facts = metadata.get(adam_id)
        if facts and facts.bundle_id:
            by_bundle.setdefault(facts.bundle_id, []).append(adam_id)
        if facts and facts.name:
            by_name.setdefault(_fold(facts.name), []).append(adam_id)

    found: dict[AssetKey, Asset] = {}
    problems: list[str] = []
    candidates: list[Asset] = []
    for selector in selectors:
        if sum(map(bool, (selector.adam_id, selector.bundle_id, selector.name))) != 1:
            raise InputError("assets: give each asset exactly one of adam_id, bundle_id and name.")
        if selector.adam_id:
            word, known = normalise_adam_id(selector.adam_id, "assets"), {adam_id: [adam_id] for adam_id in owned}
        elif selector.bundle_id:
            word, known = selector.bundle_id, by_bundle
        else:
            word, known = _fold(selector.name), by_name
        choices = [asset for adam_id in known.get(word, ()) for asset in owned[adam_id]]
        fitting = _fitting(choices, selector.pricing_param)
        if len(fitting) == 1:
            found.setdefault(fitting[0].key, fitting[0])
        elif fitting:
            candidates += fitting
            shown = samples(_describe(asset, metadata) for asset in fitting)
            problems.append(f"{selector} fits {len(fitting)} assets, name one by adam_id: {shown}")
        else:
            # Comparing texts is slow, and nobody reads the hints of a hundred mistakes.
            near = get_close_matches(word, known, 3, 0.8) if len(problems) < SAMPLES and not choices else []
            alike = choices or [asset for other in near for adam_id in known[other] for asset in owned[adam_id]]
            candidates += alike
            hint = f" (owned and alike: {samples(_describe(asset, metadata) for asset in alike)})" if alike else ""
            problems.append(f"{selector} isn't owned by this location{hint}")
    if problems:
        unowned = any("isn't owned" in problem for problem in problems)
        portal = ", or get the licences in Apple's portal first" if unowned else ""
        raise AssetError(
            f"assets: {samples(problems)}; correct the list{portal}.",
            facts={
                "unresolved": problems[:100],
                "candidates": [_candidate(asset, metadata) for asset in candidates[:100]],
            },
        )
    return list(found.values())


def _fitting(choices: list[Asset], pricing_param: str) -> list[Asset]:
    """Those of the quality asked for; of one product owned in several qualities, the standard one."""
    if pricing_param:
        return [asset for asset in choices if asset.key.pricing_param == pricing_param]
    if len({asset.key.adam_id for asset in choices}) > 1:
        return choices
    return [asset for asset in choices if asset.key.pricing_param == DEFAULT_PRICING] or choices


def _fold(name: str) -> str:
    return name.strip(_WHITE).casefold()


def _candidate(asset: Asset, metadata: Mapping[str, Metadata]) -> dict[str, object]:
    facts = metadata.get(asset.key.adam_id)
    return {
        "adam_id": asset.key.adam_id,
        "pricing_param": asset.key.pricing_param,
        "name": facts.name if facts else "",
        "bundle_id": facts.bundle_id if facts else "",
        "supported_platforms": list(asset.supported_platforms),
    }


def _describe(asset: Asset, metadata: Mapping[str, Metadata]) -> str:
    facts = metadata.get(asset.key.adam_id)
    platforms = "/".join(asset.supported_platforms)
    names = (facts.name, platforms, facts.bundle_id) if facts else (platforms,)
    return " ".join(filter(None, (str(asset.key), *names)))
