# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
short_description: Changes of a location of Apps and Books as events, without notifications
description:
  - Looks at a location every so often, and makes the events of C(openmdm.vpp.notifications) of what has changed. It is
    for locations that an MDM owns, whose notifications go there.
  - C(USER_ASSOCIATED) is one event for all people that have accepted since the last look, C(ASSET_COUNT) one for each
    asset of which there are more or fewer licences. C(source) is C(poll), and there is no C(notification_id).
  - The first look makes no event. A look that failed is told in the log and makes none either.
  - Each look costs three requests, and one for each further page of users and assets.
options:
  interval:
    description: Seconds between two looks, 30 or more at Apple.
    type: float
    default: 300.0
  "*":
    description: The connection options of M(openmdm.vpp.vpp_license_info), from C(content_token_file) on.
    type: raw
"""

EXAMPLES = r"""
- openmdm.vpp.changes:
    content_token_file: /etc/openmdm/north.vpptoken
    interval: 300
"""

import asyncio
import os
import sys
from typing import Any

# ansible-rulebook runs this file by its path, without the folder that holds ansible_collections.
sys.path.append(os.path.abspath(os.path.join(__file__, *[os.pardir] * 8)))

from ansible_collections.openmdm.vpp.plugins.plugin_utils.events import poll


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """What ansible-rulebook starts."""
    await poll(queue, args)
