"""Numbers above a picture: their names and helps, in the language that is spoken."""

from __future__ import annotations

from collections.abc import Iterable

from pages.shared.payload import Term, Tile
from pages.shared.words import told


def in_words(tiles: Iterable[Tile]) -> list[Tile]:
    """Tiles that stand in a table of the code, as they are shown."""
    return [_told(tile) for tile in tiles]


def _told(tile: Tile) -> Tile:
    shown: Tile = {**tile, "label": told(tile["label"])}
    if "help" in tile:
        shown["help"] = told(tile["help"])
    if "terms" in tile:
        shown["terms"] = [Term(**{**term, "label": told(term["label"])}) for term in tile["terms"]]
    return shown
