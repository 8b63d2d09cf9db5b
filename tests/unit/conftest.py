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

if settings is not None:
    settings.register_profile("ci", derandomize=True, deadline=None, database=None, print_blob=True)
    settings.register_profile("explore", deadline=None)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "explore"))
