"""Packaging, deploying and running Slotport. Nothing in here ships."""
