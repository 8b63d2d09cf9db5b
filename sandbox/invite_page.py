# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the invitation page looks like. Plain HTML: it works without scripts, pictures and other servers."""

from __future__ import annotations

from html import escape

from .apple.location import Location
from .wsgi import Response

HTML = "text/html; charset=utf-8"
# The address holds the invite code, which must reach no other server and stay in no cache.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
}
STYLE = """
:root { color-scheme: light; }
body { margin: 0; background: #f2f4f7; color: #1d2430; font: 17px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main { box-sizing: border-box; max-width: 30rem; margin: 8vh auto 2rem; padding: 2.2rem 2.4rem; background: #fff;
  border-radius: 14px; box-shadow: 0 1px 3px #1d243022, 0 12px 32px #1d243014; }
h1 { margin: 0 0 .8rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 1rem; }
label { display: block; margin: 1.4rem 0 .3rem; font-weight: 600; }
input { box-sizing: border-box; width: 100%; padding: .65rem .75rem; border: 1px solid #9aa4b2; border-radius: 8px;
  font: inherit; }
button { margin: 1.3rem .6rem 0 0; padding: .6rem 1.4rem; border: 1px solid #0a5bd3; border-radius: 8px;
  background: #0a5bd3; color: #fff; font: inherit; font-weight: 600; cursor: pointer; }
button.second { background: #fff; color: #0a5bd3; }
ul { margin: 0 0 1rem; padding-left: 1.2rem; }
.org { margin: 0 0 .3rem; color: #5a6573; font-size: .92rem; }
#result { padding: .7rem .9rem; border-left: 4px solid #b3261e; border-radius: 4px; background: #fdecea; }
#result.good { border-color: #1b7f3b; background: #e7f5ec; }
footer { max-width: 30rem; margin: 0 auto 2rem; padding: 0 1rem; color: #5a6573; font-size: .85rem;
  text-align: center; }
"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{content}
</main>
<footer>This is a page of the sandbox. It asks for no password and reaches no real account.</footer>
</body>
</html>
"""


def sign_in(place: Location, status: int = 200, problem: str = "", account: str = "") -> Response:
    """The first step; after a problem with the account the same again."""
    return _page(
        place,
        "Sign in to get your apps and books",
        f"""{_result(problem)}<p>{_text(place.org_name)} invites you to use the apps and books it has bought.
Sign in with an Apple Account of your own; it need not have the address that this invitation was sent to.</p>
<form method="post" id="sign-in">
<label for="account">Apple Account</label>
<input id="account" name="account" type="text" inputmode="email" autocomplete="username" autocapitalize="none"
 required value="{escape(account, quote=True)}">
<button type="submit">Sign in</button>
</form>""",
        status,
    )


def terms(place: Location, account: str) -> Response:
    """The second step; only its answer changes anything."""
    return _page(
        place,
        "Terms and conditions",
        f"""<p>You are signed in as <strong>{_text(account)}</strong>.</p>
<ul>
<li>{_text(place.org_name)} may give apps and books to this account.</li>
<li>It may take apps back at any time. Books stay yours.</li>
<li>It does not see this account, your own purchases or your files.</li>
</ul>
<form method="post" id="terms">
<input type="hidden" name="account" value="{escape(account, quote=True)}">
<button type="submit" name="answer" value="accept">Accept</button>
<button type="submit" name="answer" value="decline" class="second">Decline</button>
</form>""",
    )


def accepted(place: Location, account: str) -> Response:
    """The end."""
    sentence = f"{account} is now linked to {place.org_name}."
    more = "<p>Apps and books that are given to you appear among your purchases. You can close this page.</p>"
    return _page(place, "You are ready", _result(sentence, good=True) + more)


def declined(place: Location) -> Response:
    """Nothing happened."""
    more = "<p>The link in your invitation stays open, in case you change your mind.</p>"
    return _page(place, "Invitation declined", _result("You declined the terms, so nothing was changed.") + more)


def closed(status: int, sentence: str) -> Response:
    """The link leads nowhere, or not any more."""
    return _page(None, "This link can't be used", _result(sentence), status)


def _result(sentence: str, good: bool = False) -> str:
    return f'<p id="result" role="alert"{" class=good" if good else ""}>{_text(sentence)}</p>\n' if sentence else ""


def _text(text: str) -> str:
    return escape(text, quote=False)


def _page(place: Location | None, title: str, content: str, status: int = 200) -> Response:
    above = f'<p class="org">{_text(place.name)}</p>\n' if place else ""
    body = PAGE.format(title=title, style=STYLE, content=f"{above}<h1>{title}</h1>\n{content}")
    return Response(status, body.encode(), HTML, dict(HEADERS))
