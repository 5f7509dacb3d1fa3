"""Hashing passwords in this process costs next to nothing, except where it is what a test is about.

A deployment's parameters make a sign-up dearer than all else that most tests do together.
"""

from chalicelib.services import passwords

DEPLOYED = (passwords.MEMORY_KIB, passwords.PASSES)


def make_cheap() -> None:
    """Hash with the least work there is."""
    passwords.MEMORY_KIB, passwords.PASSES = 8, 1  # type: ignore[misc]  # what is final to the program
