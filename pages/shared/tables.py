"""The settings of all pages: what a link may name, though another page is opened by it."""

from __future__ import annotations

from pages.shared import settings
from pages.shared.act import shown as act
from pages.shared.book import entry as book
from pages.shared.codes import switches as codes
from pages.shared.dimension import problem as dimension
from pages.shared.geometry import scene as geometry
from pages.shared.map import plan as map_
from pages.shared.step import shown as step
from pages.shared.which import problem as which

PAGES = (settings, act, book, codes, dimension, geometry, map_, step, which)
KEYS = frozenset(key for page in PAGES for key in page.SETTINGS)
