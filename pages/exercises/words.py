"""What the list of exercises says."""

from pages.shared.words import say

INTRODUCTION = say(
    "Each exercise opens above the page where it can be answered, and that page stays free to "
    "explore. Some want a number, some a choice; others are done with the controls of the page, "
    "and tick themselves."
)
