"""The HTTP interface of a convention's schedule."""
