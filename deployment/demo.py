"""placeholder"""


def load(base_url: str) -> None:
    """Load."""
