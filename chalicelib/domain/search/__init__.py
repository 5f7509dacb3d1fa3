"""The search language of export definitions: parsed with bounds, compiled once, and served by keys where that is possible."""

from chalicelib.domain.search.language import Complex, Element, In, Match, Range, Search, Sort, parse
from chalicelib.domain.search.matching import compile_search
from chalicelib.domain.search.selection import Selection, selection_of
from chalicelib.domain.search.sorting import compile_sort
from chalicelib.domain.search.vocabulary import Field, Kinds, Vocabulary

__all__ = [
    "Complex",
    "Element",
    "Field",
    "In",
    "Kinds",
    "Match",
    "Range",
    "Search",
    "Selection",
    "Sort",
    "Vocabulary",
    "compile_search",
    "compile_sort",
    "parse",
    "selection_of",
]
