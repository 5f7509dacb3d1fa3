"""Use cases: what a caller can have done, told in domain values and ports."""
