"""What the book's two codes are called."""

from __future__ import annotations

from pages.shared.words import Names, label

CODES = Names({"scratch": label("scratch"), "concise": label("concise")})
