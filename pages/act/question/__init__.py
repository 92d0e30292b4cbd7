"""What Where it acts asks."""

from pages.act.question.shown import FORM

__all__ = ["FORM"]
