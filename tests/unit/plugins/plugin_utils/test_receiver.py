# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The receiver of notifications over sockets: who may post, what is taken once, and what is refused."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.plugin_utils.receiver import MOST_BYTES, Receiver, ReceiverSettings

TOKEN = "a token that nobody guesses"
UID = "7700000000000042"


def note(number: int = 1, kind: str = "USER_ASSOCIATED", uid: str = UID):
    inner = {"associatedUsers": [{"clientUserId": f"u-{number}"}]}
    return {"notificationId": f"n-{number}", "notificationType": kind, "uId": uid, "notification": inner}


class Post:
    def __init__(self, receiver: Receiver) -> None:
        self.taken, self.room, self.verify = [], 99, True
        self.port = receiver.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hooks"

    def deliver(self, notification) -> bool:
        if len(self.taken) >= self.room:
            return False
        self.taken.append(notification)
        return True

    def __call__(self, body, token=TOKEN, method="POST"):
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return httpx.request(method, self.url, content=content, headers=headers, verify=self.verify).status_code


@contextmanager
def listening(**options):
    settings = ReceiverSettings("127.0.0.1", 0, Secret(TOKEN), **options)
    posts = []

    def deliver(found):
        return posts[0].deliver(found)

    with Receiver(settings, deliver) as receiver:
        thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        posts.append(Post(receiver))
        try:
            yield posts[0]
        finally:
            receiver.shutdown()
            thread.join()


@pytest.fixture
def post():
    with listening() as found:
        yield found


def test_each_is_taken_once(post):
    assert [post(note(1)), post(note(2)), post(note(1))] == [200, 200, 200]
    assert [one.notification_id for one in post.taken] == ["n-1", "n-2"]


def test_in_any_order(post):
    assert [post(note(number)) for number in (3, 1, 2)] == [200] * 3
    assert [one.client_user_ids for one in post.taken] == [("u-3",), ("u-1",), ("u-2",)]


@pytest.mark.parametrize("token", [None, "wrong", TOKEN[:-1], TOKEN + "x"])
def test_only_with_the_token(post, token):
    assert post(note(), token=token) == 401
    assert post.taken == []


def test_a_trial_of_apple_is_answered_and_no_event(post):
    assert post(note(kind="TEST_NOTIFICATION")) == 200
    assert post.taken == []


def test_what_nobody_takes_now_comes_again(post):
    post.room = 0
    assert post(note()) == 503
    post.room = 1
    assert [post(note()), post(note())] == [200, 200]
    assert len(post.taken) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"notificationId": "n"}', b"[" * 100000, b"\xff\xfe"])
def test_what_is_no_notification(post, body):
    assert post(body) == 400
    assert post.taken == []


def test_too_large(post):
    """The answer comes before the body was read, and may be lost with the connection."""
    with suppress(httpx.TransportError):
        assert post(b"x" * (MOST_BYTES + 1)) == 413
    assert post.taken == []


def test_other_methods(post):
    assert post(b"", method="GET") == 405
    assert post(note(), method="PUT") == 405


def test_only_of_our_locations():
    with listening(location_uids=frozenset({"1"})) as post:
        assert post(note()) == 403
        assert post(note(uid="1")) == 200
        assert len(post.taken) == 1


def test_nobody_listens_without_a_certificate_but_on_this_machine():
    with pytest.raises(InputError) as refused:
        Receiver(ReceiverSettings("0.0.0.0", 0, Secret(TOKEN)), lambda _found: True)
    assert refused.value.message.startswith("certfile is missing: Apple notifies over https only.")


def test_a_certificate_that_is_none(tmp_path):
    path = tmp_path / "cert.pem"
    path.write_text("no certificate")
    with pytest.raises(InputError, match="certfile, keyfile: .*; give a certificate chain and its key, as PEM files"):
        Receiver(ReceiverSettings("0.0.0.0", 0, Secret(TOKEN), certfile=str(path)), lambda _found: True)


def certificate(folder):
    """One that vouches for itself, with its key, in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    now, address = datetime.now(timezone.utc), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "hooks.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


class TestTls:
    @pytest.fixture
    def post(self, tmp_path):
        path = certificate(tmp_path)
        with listening(certfile=str(path)) as found:
            found.url = f"https://127.0.0.1:{found.port}/hooks"
            found.verify = ssl.create_default_context(cafile=str(path))
            yield found

    def test_over_https(self, post):
        assert post(note()) == 200
        assert post(note(), token="wrong") == 401
        assert len(post.taken) == 1

    def test_not_without(self, post):
        with pytest.raises(httpx.TransportError):
            httpx.post(f"http://127.0.0.1:{post.port}/", json=note(), headers={"Authorization": f"Bearer {TOKEN}"})
        assert post.taken == []

    def test_who_connects_and_says_nothing_holds_up_nobody(self, post):
        with socket.create_connection(("127.0.0.1", post.port)), socket.create_connection(("127.0.0.1", post.port)):
            assert post(note()) == 200
