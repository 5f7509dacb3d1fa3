"""The Chromium of this machine, if it has one."""

from __future__ import annotations

import shutil
from typing import Final

LEFT_OUT: Final = "The browser tests were left out: this machine has no Chromium (on Debian: apt-get install chromium)."
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Give its path."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)
