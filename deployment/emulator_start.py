"""Starts the emulator, in the environment that it is installed in: what it would parse anew for every item, it parses once.

It holds each item of a queried partition to the key condition, and reads the condition's text for each. That was half the time
that a large query took. Only functions of text alone are wrapped, and one that another version does not have is left out.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

REMEMBERED: Final = 1_000
"""Expressions."""


def remember_expressions(dynamodb: Any) -> None:
    """Have the emulator's DynamoDB, a module, remember what it found in an expression."""
    check = getattr(dynamodb, "_condition_syntax_error", None)
    if check is not None:
        dynamodb._condition_syntax_error = lru_cache(REMEMBERED)(check)
    tokenize = getattr(dynamodb, "_tokenize", None)
    if tokenize is not None:
        tokens = lru_cache(REMEMBERED)(lambda expression: tuple(tokenize(expression)))
        dynamodb._tokenize = lambda expression: list(tokens(expression))  # whoever asks may change it


def main() -> None:
    """Run it, as `python -m ministack` does."""
    from ministack import app  # type: ignore[import-not-found]  # only where the emulator is
    from ministack.services import dynamodb  # type: ignore[import-not-found]  # only where the emulator is

    remember_expressions(dynamodb)
    app.main()


if __name__ == "__main__":
    main()
