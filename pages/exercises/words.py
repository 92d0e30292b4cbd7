"""What the list of exercises says."""

from pages.shared.words import say

INTRODUCTION = say(
    "Each exercise opens above the page that helps with it, if there is one; you may use that page "
    "as you like. Some want a number, some a choice; others are done with the controls of the "
    "page, and tick themselves."
)
