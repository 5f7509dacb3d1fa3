"""Stores that fail on demand: at their nth call, before or after it has taken effect."""

from __future__ import annotations

import threading
from typing import Any, Literal

When = Literal["before", "after"]


class Killed(BaseException):
    """The process is gone: nothing catches it but the test."""


class Fault:
    """Fails one call among all that pass it, counted from 0; counts them in any case."""

    def __init__(self, call: int | None = None, when: When = "before", error: type[BaseException] = Killed) -> None:
        self._call = call
        self._when = when
        self._error = error
        self._lock = threading.Lock()
        self.calls: list[str] = []

    def watch(self, store: Any) -> Any:
        """Give the store with this fault in it."""
        return _Watched(store, self)

    def passes(self, name: str, call: Any) -> Any:
        with self._lock:
            place = len(self.calls)
            self.calls.append(name)
        if place == self._call and self._when == "before":
            raise self._error(f"{name}, call {place}")
        answer = call()
        if place == self._call:
            raise self._error(f"{name}, call {place}, done")
        return answer


class _Watched:
    def __init__(self, store: Any, fault: Fault) -> None:
        self._store = store
        self._fault = fault

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def call(*args: Any, **options: Any) -> Any:
            return self._fault.passes(name, lambda: method(*args, **options))

        return call if callable(method) else method
