"""The files an export job writes: data files in each format, where they stand, and the papers that go with them.

A data file is a head, then objects with separators between them, then a foot, so that several tasks can write
stretches of one file.
"""
