"""What a mail looks like: pictures of its HTML as people see it, and its plain text.

    python scripts/mail_picture.py MAIL.eml FOLDER

FOLDER gets wide.png, phone.png, dark.png and, without images, bare.png; the plain text is printed. It says how many
pictures the HTML wants: a mail should do without. It needs Chromium.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

from chromium import Browser, BrowserError
from mails import read_mail

VIEWS = {"wide": (800, 900), "phone": (375, 812), "dark": (800, 900)}


def main() -> int:
    parser = argparse.ArgumentParser(description="Pictures of a mail.")
    parser.add_argument("mail", type=Path)
    parser.add_argument("folder", type=Path)
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    mail = read_mail(wanted.mail)
    with tempfile.NamedTemporaryFile(
        "w", suffix=".html", encoding="utf-8"
    ) as file:  # for its owner only: it holds the link
        file.write(mail.html)
        file.flush()
        address = Path(file.name).as_uri()
        with Browser() as browser:
            page = browser.open(address)
            pictures = page.evaluate("document.querySelectorAll('img, picture, svg, video, object').length")
            for name, (width, height) in VIEWS.items():
                page.resize(width, height)
                page.prefer(prefers_color_scheme="dark" if name == "dark" else "light")
                page.picture(wanted.folder / f"{name}.png")
        with Browser(["--blink-settings=imagesEnabled=false"]) as browser:
            browser.open(address, *VIEWS["wide"]).picture(wanted.folder / "bare.png")
    print(f"Subject: {mail.message['Subject']}\n\n{mail.text}")
    loaded = len(re.findall(r"url\(|\bsrc=|\bbackground=", mail.html))
    print(f"Pictures: {pictures}, other things to load: {loaded}. {', '.join(VIEWS)} and bare are in {wanted.folder}.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BrowserError, OSError, ValueError) as error:
        sys.exit(str(error))
