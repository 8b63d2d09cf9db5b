"""Makes the sandbox importable wherever the collection lies, and sets how Hypothesis draws its examples."""

from __future__ import annotations

import os
import sys
from pathlib import Path

try:
    from hypothesis import settings
except ImportError:
    settings = None

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

# ansible-test hands no variable of CI on, but it runs there.
UNDER_ANSIBLE_TEST = "ansible_pytest_collections" in os.environ.get("PYTEST_PLUGINS", "")

if settings is not None:
    settings.register_profile("ci", derandomize=True, deadline=None, database=None, print_blob=True)
    settings.register_profile("explore", deadline=None)
    chosen = "ci" if UNDER_ANSIBLE_TEST or "CI" in os.environ else "explore"
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", chosen))
