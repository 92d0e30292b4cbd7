"""Why something is refused: what an error says, in the language that is spoken."""

from __future__ import annotations

from pages.shared.words import Said, say, told
from wd_core.checks import FaultsError, Phrase, WrongValueError, shown


def reason(error: BaseException) -> str:
    """What the error says: the engine's by its fields, ours by the sentence that it was made of."""
    if isinstance(error, WrongValueError):
        return say(
            "{name} must be {rule}, got {value}",
            name=error.name,
            rule=told(error.rule),
            value=shown(error.value),
        )
    if isinstance(error, FaultsError):
        return "; ".join(faults(error))
    said = error.args[0] if error.args else ""
    return told(said) if isinstance(said, Said | Phrase) else str(error)


def faults(error: ValueError) -> list[str]:
    """Every single thing that it says is wrong."""
    if isinstance(error, FaultsError):
        return [told(fault) if isinstance(fault, Phrase) else fault for fault in error.faults]
    return [reason(error)]
