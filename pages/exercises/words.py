"""What the list of exercises says."""

from pages.shared.words import say

INTRODUCTION = say(
    "Each exercise opens on top of the page where it can be answered; you may use that page as you "
    "like. Some want a number, some a choice; others are done with the controls of the page, and "
    "tick themselves."
)
