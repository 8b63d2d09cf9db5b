# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says why an app is not on a device, or does not reach a person: walks the chain from the token on, and only reads."""

from __future__ import annotations

from .._core.diagnose_device import AppRules
from .._core.diagnose_location import (
    REFUSED,
    asset_steps,
    dead_token_step,
    location_steps,
    token_step,
    wrong_location_step,
)
from .._core.errors import LocationError, TokenError
from .._core.ports import Notify
from .account import dead_state
from .base import Outcome
from .diagnose_apple import find_wanted
from .diagnose_mdm import MdmReads
from .diagnose_request import AppleSide, DiagnoseMdm, DiagnoseRequest
from .diagnose_subjects import diagnose_devices, diagnose_people
from .diagnose_world import read_world
from .location import open_location
from .report_diagnosis import Diagnosed, report_diagnoses, report_end


class Diagnoser:
    """`source` None = the task names no MDM."""

    def __init__(self, apple: AppleSide, source: DiagnoseMdm | None, request: DiagnoseRequest, notify: Notify) -> None:
        self._apple, self._request = apple, request
        self._mdm = MdmReads(source, request, notify)

    def read(self, limit: int) -> Outcome:
        """The outcome with lists of at most `limit`; its document holds all. A token that Apple doesn't accept, and one
        of another location, are findings."""
        token = self._apple.token
        try:
            return report_diagnoses(self._walk(), limit)
        except TokenError as error:
            state = dead_state(error) or REFUSED
            return report_end(dead_token_step(state, token.organisation, token.expires, error.error_number))
        except LocationError as error:
            found = error.facts.get("location")
            if not isinstance(found, dict):
                raise
            return report_end(wrong_location_step(str(found.get("uid")), str(found.get("name"))))

    def _walk(self) -> Diagnosed:
        apple, request, now = self._apple, self._request, self._apple.clock.now()
        config = open_location(apple.api, apple.guard)
        owned, _walk = apple.api.read_assets()
        found = find_wanted(apple.api, config, request.assets, owned)
        shared = [
            token_step(apple.token.organisation, apple.token.expires, now, config),
            *location_steps(config, apple.guard.owner_id),
        ]
        world = read_world(apple, self._mdm, request, config, [one.asset for one in found if one.asset], owned)
        for_devices = request.has_devices and not request.by_owner
        pairs = [(one, asset_steps(one.label, one.asset, one.why_not, for_devices=for_devices)) for one in found]
        rules = AppRules(now, self._mdm.name, request.seen_within, request.devices_per_account)
        return Diagnosed(
            config,
            tuple(shared),
            tuple(pairs),
            (
                *diagnose_devices(world, self._mdm, shared, pairs, rules),
                *diagnose_people(world, shared, pairs, rules),
            ),
            read=self._mdm.asked,
            show_people=request.show_people,
        )
