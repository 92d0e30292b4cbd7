"""What Geometry asks."""

from pages.geometry.question.scene import FORM

__all__ = ["FORM"]
