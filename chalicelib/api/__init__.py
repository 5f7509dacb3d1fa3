"""The HTTP interfaces: one package for each, with its routes, parsing, rendering and errors."""
