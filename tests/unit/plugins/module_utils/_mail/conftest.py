# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer


@pytest.fixture
def serve() -> Iterator[Callable[..., MailServer]]:
    """Starts a mail server; what is given are its fields."""
    with ExitStack() as stack:
        yield lambda **fields: stack.enter_context(MailServer(**fields).running())


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, str]:
    """A server's TLS for 127.0.0.1, and the file of the authority that vouches for it."""
    pytest.importorskip("cryptography")
    from sandbox.tls import server_context

    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    return server_context(file), str(file)
