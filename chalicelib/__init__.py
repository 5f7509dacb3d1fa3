"""Slotport: time slots kept, imported, exported and archived; see docs/architecture.md for the rooms of this house."""
