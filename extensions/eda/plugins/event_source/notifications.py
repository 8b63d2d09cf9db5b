# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
short_description: Apple's notifications of Apps and Books as events
description:
  - Takes what Apple sends to the C(notification_url) of a location, over https, and only with the location's
    C(notification_auth_token). Start the rulebook before M(openmdm.vpp.vpp_account) is told the address, since Apple
    tries it at once.
  - A notification that comes twice is one event. They come in any order, so a rule should take an event as a reason to
    look, and let a playbook read how things are.
  - An event has C(type) (such as C(USER_ASSOCIATED), C(ASSET_COUNT), C(ASSET_MANAGEMENT)), C(location_uid),
    C(notification_id), C(event_id), C(verb), C(result), C(error_number), C(users) (a list of C(client_user_id)),
    C(serial_numbers), C(assets), C(count_delta) and C(source). It holds no address of a person and no invite code.
  - Apple tries three times within minutes and no more. A nightly run finds what was missed.
options:
  host:
    description: Address to listen on. Without C(certfile) it must be C(127.0.0.1), behind a proxy with https.
    type: str
    default: 0.0.0.0
  port:
    description: Port to listen on; 0 is any.
    type: int
    default: 8443
  certfile:
    description: The certificate and its chain, as a PEM file. Apple must trust it.
    type: path
  keyfile:
    description: The key of the certificate, where C(certfile) doesn't hold it.
    type: path
  notification_auth_token_file:
    description: A file that holds the token that Apple sends, and nothing else; at least 16 characters.
    type: path
  notification_auth_token:
    description: The token itself.
    type: str
  location_uids:
    description: Only of these locations; others are refused. Empty is any.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- openmdm.vpp.notifications:
    port: 8443
    certfile: /etc/openmdm/hooks.pem
    notification_auth_token_file: /etc/openmdm/notification-token
"""

import asyncio
import os
import sys
from typing import Any

# ansible-rulebook runs this file by its path, without the folder that holds ansible_collections.
sys.path.append(os.path.abspath(os.path.join(__file__, *[os.pardir] * 8)))

from ansible_collections.openmdm.vpp.plugins.plugin_utils.events import notify


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """What ansible-rulebook starts."""
    await notify(queue, args)
