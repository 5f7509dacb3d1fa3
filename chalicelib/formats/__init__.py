"""Bytes to domain values and back, as streams."""
