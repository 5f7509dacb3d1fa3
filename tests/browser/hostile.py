"""Texts that strangers try, and what shows that none of them did more than to be read."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page, expect

from tests.browser.browsing import overflow

MARKUP: Final = "\"><img src=x onerror=\"window.hacked='img'\"><script>window.hacked='script'</script>"
RIGHT_TO_LEFT: Final = "\u202eפגישה עם המארגנים\u202c \u200fمرحبا بكم في القاعة الكبرى"
LONG: Final = ("Donaudampfschifffahrtsgesellschaft" * 295)[:10_000]
"""Without a place to break."""
HOSTILE: Final = (MARKUP, RIGHT_TO_LEFT, LONG)


def expect_only_text(page: Page) -> None:
    """Expect that nothing that a person wrote has become markup or ran, and that it pushes nothing out of the window."""
    assert page.evaluate("window.hacked ?? null") is None
    expect(page.locator("img[src=x]")).to_have_count(0)
    assert overflow(page) == 0
