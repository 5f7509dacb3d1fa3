"""How many examples hypothesis tries, and which: the same ones in every run, unless one asks for many new ones.

A run that fails then fails because of a change, on every machine alike. `make test PYTEST=--hypothesis-profile=thorough`
tries new examples, twenty times as many.
"""

from __future__ import annotations

from typing import Final

from hypothesis import HealthCheck, settings

USUAL: Final = 100
"""Examples of a property that does not say how many it wants."""


def register_profiles() -> None:
    """Make the profiles known; the first is the one in force unless pytest is told another."""
    # How long an example takes says more about who else uses the machine.
    settings.register_profile(
        "repeatable",
        max_examples=USUAL,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.register_profile(
        "thorough", settings.get_profile("repeatable"), max_examples=20 * USUAL, derandomize=False, print_blob=True
    )
    settings.load_profile("repeatable")


def examples(count: int) -> settings:
    """Have a property try so many examples, and more of them in the same measure where the profile does."""
    return settings(max_examples=count * settings().max_examples // USUAL)
