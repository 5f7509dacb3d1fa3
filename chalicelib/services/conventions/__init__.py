"""The use cases of a convention: its people, places, events, tags and schedule."""
