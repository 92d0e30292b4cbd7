"""The settings of all pages: what a link may name, though another page is opened by it."""

from __future__ import annotations

from pages.act.question import shown as act
from pages.book import question as book
from pages.codes import question as codes
from pages.dimension import question as dimension
from pages.geometry.question import scene as geometry
from pages.map import question as map_
from pages.shared import settings
from pages.step import question as step
from pages.train import question as train
from pages.which import question as which

PAGES = (settings, act, book, codes, dimension, geometry, map_, step, train, which)
KEYS = frozenset(key for page in PAGES for key in page.SETTINGS)
