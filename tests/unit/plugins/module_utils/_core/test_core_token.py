"""Content tokens: good ones open, wrong ones are named, and no part of either is ever said."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import TokenError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.token import parse_content_token, token_value

GOOD = {"expDate": "2031-03-02T09:15:00+0000", "token": "QUJDLWludmVudGVk", "orgName": "Hafenstraße 学校"}


def pack(document):
    text = document if isinstance(document, str) else json.dumps(document)
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("extra", [{}, {"more": 1}])
def test_a_good_token(indent, extra):
    outer = pack(json.dumps(GOOD | extra, indent=indent, ensure_ascii=False))
    token = parse_content_token(f"\ufeff{outer[:40]}\r\n{outer[40:]} \n", "content_token")
    assert token.secret.reveal() == outer
    assert token.organisation == GOOD["orgName"]
    assert token.expires == datetime(2031, 3, 2, 9, 15, tzinfo=timezone.utc)
    assert token.days_left(datetime(2031, 3, 1, 9, 15, tzinfo=timezone.utc)) == 1
    assert token.days_left(datetime(2031, 3, 2, 9, 15, 1, tzinfo=timezone.utc)) == -1
    assert outer not in repr(token)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2031-03-02T09:15:00-0700", -7),
        ("2031-03-02T09:15:00+05:00", 5),
        ("2031-03-02T09:15:00Z", 0),
        ("2031-03-02T09:15:00.250+0000", 0),
    ],
)
def test_dates(text, hours):
    expires = parse_content_token(pack(GOOD | {"expDate": text}), "x").expires
    assert expires.utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    "text",
    [
        "2031-03-02",
        "2031-03-02T09:15:00",
        "2031-02-30T09:15:00Z",
        "soon",
        "2031-03-02T09:15:00+9999",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+1400",
        "9999-12-31T23:59:59-0100",
    ],
)
def test_wrong_dates(text):
    with pytest.raises(TokenError, match="expDate that isn't a date") as caught:
        parse_content_token(pack(GOOD | {"expDate": text}), "content_token")
    check_silent(caught.value, text)


def check_silent(error, text):
    """No part of the input is in the sentence, the facts, or an exception behind it."""
    assert error.__cause__ is None
    assert error.__context__ is None
    assert error.facts == {}
    own = (
        "content_token download Apple School Manager Business Ansible Vault Meraki JSON .vpptoken file"
        " API 2031-03-02T09:15:00+0000 NUL"
    )
    for start in range(max(1, len(text) - 7)):
        piece = text[start : start + 8]
        assert len(piece) < 8 or piece in own or piece not in error.message
    assert "\n" not in error.message


WHOLE = pack(GOOD)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("0123456789abcdef0123456789abcdef01234567", "looks like a Meraki API key"),
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "looks like a web page"),
        ("$ANSIBLE_VAULT;1.1;AES256\n6566\n", "still encrypted by Ansible Vault"),
        ("{{ vault_token }}", "a template that was not rendered"),
        ("-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----", "looks like a certificate or a key"),
        (json.dumps(GOOD), "looks like the decoded JSON"),
        ("Bearer " + WHOLE, "starts with 'Bearer'"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", "looks like a JSON web token"),
        ("/etc/secrets/north.vpptoken", "looks like a path instead of content"),
        ("~/north.vpptoken", "looks like a path"),
        ("sToken_for_North.vpptoken", "looks like a path"),
        ("QUJDLWludmVudGVkLWxvY2F0aW9uLXRva2Vu", "looks like the inner token value"),
        (WHOLE[: len(WHOLE) // 8 * 4], "looks cut off"),
        (WHOLE[: len(WHOLE) // 8 * 4 + 1], "looks cut off"),
        (pack({"token": "a", "orgName": "b"}), "without expDate as text"),
        (pack(GOOD | {"token": 7, "orgName": ""}), "without token, orgName as text"),
        (pack("[1]"), "looks like the inner token value, or another secret"),
        ("secret words!", "isn't the base64 text of a content token"),
        ("PK\x03\x04\0\0binary", "NUL bytes"),
        ("A" * 65_536, "looks like the inner token value"),
        ("A" * 65_537, "is too long"),
        ("QUJD" * 3 + "Q", "isn't the base64 text of a content token"),
        ("ewogICJ0b2tlbiI", "looks cut off"),
        ("eyes, ears", "isn't the base64 text of a content token"),
        (pack("[" * 20_000), "base64, but not of a JSON object"),
        (pack('{"a":' * 8_000), "looks cut off"),
    ],
)
def test_wrong_pastes_are_named(text, sentence):
    with pytest.raises(TokenError, match=sentence) as caught:
        parse_content_token(text, "content_token")
    check_silent(caught.value, text[:500])


def test_the_inner_value_is_the_same_however_it_is_written():
    assert token_value(f" {WHOLE[:20]}\n{WHOLE[20:]}") == token_value(pack(json.dumps(GOOD, indent=9))) == GOOD["token"]
    assert [token_value(text) for text in ("", "****", pack("[1]"), pack({"token": 7}), pack({"a": "b"}))] == [""] * 5
    longest = pack(json.dumps(GOOD) + " " * (49_152 - len(json.dumps(GOOD))))
    assert len(longest) == 65_536
    assert token_value(longest) == GOOD["token"]
    assert token_value(longest + " ") == ""


JSON = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(st.text() | st.binary().map(lambda data: base64.b64encode(data).decode()) | JSON.map(pack))
def test_any_text_is_refused_in_silence(text):
    with pytest.raises(TokenError) as caught:
        parse_content_token(text, "content_token")
    check_silent(caught.value, text[:500])


@given(st.integers(0, len(WHOLE) - 1))
def test_a_cut_token_is_refused(length):
    with pytest.raises(TokenError) as caught:
        parse_content_token(WHOLE[:length], "content_token")
    check_silent(caught.value, WHOLE[:length])


@given(st.dictionaries(st.sampled_from([*GOOD, "x"]), st.text() | st.integers()))
def test_any_object_opens_or_is_refused_in_silence(document):
    """The same sentence whatever the values are: no part of one can be in it."""
    error = refusal(document)
    if error is not None:
        other = refusal({key: "#" if value and isinstance(value, str) else "" for key, value in document.items()})
        assert error.message == other.message
        check_silent(error, "")


def refusal(document):
    try:
        token = parse_content_token(pack(document), "content_token")
    except TokenError as error:
        return error
    assert token.expires.tzinfo is not None
    return None
