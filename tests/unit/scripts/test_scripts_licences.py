# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection needs at run time may be used with its licence, and what may not is refused."""

from __future__ import annotations

import licences
import pytest


def install(place, name: str, *lines: str) -> None:
    folder = place / f"{name}-1.0.dist-info"
    folder.mkdir()
    text = "\n".join(("Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *lines, ""))
    (folder / "METADATA").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("lines", "right"),
    [
        (["License-Expression: MIT"], True),
        (["License-Expression: MIT OR LicenseRef-Ours"], True),
        (["License-Expression: MIT AND LicenseRef-Ours"], False),
        (["License-Expression: GPL-2.0-only"], False),
        (["Classifier: License :: OSI Approved :: MIT License"], True),
        (
            ["Classifier: License :: OSI Approved :: MIT License", "Classifier: License :: Other/Ours"],
            False,
        ),
        (["License: BSD-3-Clause"], True),
        (["License: ask us"], False),
        ([], False),
    ],
)
def test_licence_of_what_a_requirement_needs(lines, right, tmp_path, monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(tmp_path))
    install(tmp_path, "wanted", "License-Expression: MIT", "Requires-Dist: planted", "Requires-Dist: far; extra == 'x'")
    install(tmp_path, "planted", *lines)
    file = tmp_path / "requirements.txt"
    file.write_text("# why\nwanted>=1,<2\n", encoding="utf-8")
    assert licences.main(str(file)) == (0 if right else 1)
    assert ("no licence known to be compatible" in capsys.readouterr().out) is not right


def test_nothing_required_is_no_proof(tmp_path):
    file = tmp_path / "requirements.txt"
    file.write_text("# nothing\n", encoding="utf-8")
    assert licences.main(str(file)) == 1


def test_our_own(capsys):
    assert licences.main(str(licences.Path(licences.__file__).parents[1] / "requirements.txt")) == 0
    assert "httpx" in capsys.readouterr().out
