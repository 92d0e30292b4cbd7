"""Scripts that can be taken away, with their comments in the language that is spoken.

What they do is the engine's alone, and so is their English: here only comments and the lines above
the code are told.
"""

from __future__ import annotations

import re
from typing import Final

from pages.shared.language import ENGLISH, spoken
from pages.shared.settings import DECAYS
from pages.shared.words import label, tell, tell_n, told
from wd_core.book.two_codes import MARKS

# What the engine's scripts say beside the code, as it stands there.
REMARKS: Final = (
    label("The data"),
    label("The run"),
    label("The start"),
    label("Training"),
    label("decoupled: beside the gradient, not in it"),
    label("towards zero, and no further"),
    label("a short last batch counts less"),
    label("uniform on ±1/√d, as nn.Linear draws it"),
    label("Random numbers, the same in both codes"),
    label("The loss of the data alone, half the mean square"),
    label("The data loss, half the mean square, and the norm of w"),
    label("Linear regression with weight decay in plain PyTorch."),
    label("Weight decay from scratch: penalty and SGD by hand."),
    label("Weight decay concisely: nn.Linear, nn.MSELoss and torch.optim.SGD."),
)
# A remark, and what stands before and after it in its line.
REMARK: Final = re.compile(r'(.*?(?:# |^"""))(.*?)((?:""")?)$')
DATA: Final = re.compile(r"Data: (.+); (\d+) features?")
RUN: Final = re.compile(r"Run: (.+), learning rate (\S+), (.+)")
DECAY: Final = re.compile(r"(\w+) weight decay (\S+)")
PENALTY: Final = re.compile(r"(.+) penalty (\S+)")
DIFFERS: Final = re.compile(r"([≠=]) (.+)")


def in_words(script: str) -> str:
    """The script, of which every line does what it did."""
    if spoken() == ENGLISH:
        return script
    return "\n".join(map(_line, script.split("\n")))


def _line(line: str) -> str:
    if (data := DATA.fullmatch(line)) is not None:
        n = int(data[2])
        source = told(data[1])
        return tell_n(
            "Data: {source}; {n} feature", "Data: {source}; {n} features", n, source=source
        )
    if (run := RUN.fullmatch(line)) is not None:
        return tell(
            "Run: {optimizer}, learning rate {lr}, {decay}",
            optimizer=told(run[1]),
            lr=run[2],
            decay=_decay(run[3]),
        )
    if (remark := REMARK.fullmatch(line)) is None:
        return line
    before, text, after = remark.groups()
    return before + _remark(text) + after


def _decay(text: str) -> str:
    if (decay := DECAY.fullmatch(text)) is not None:
        return tell("{decay} weight decay {strength}", decay=DECAYS[decay[1]], strength=decay[2])
    if (penalty := PENALTY.fullmatch(text)) is not None:
        return tell("{penalty} penalty {strength}", penalty=told(penalty[1]), strength=penalty[2])
    return told(text)


def _remark(text: str) -> str:
    """One that says whether codes differ in the line below, or any other."""
    differs = DIFFERS.fullmatch(text)
    if differs is None:
        return told(text)
    sign, what = differs.groups()
    for switch in MARKS.values():
        if what == switch:
            return f"{sign} {told(switch)}"
        if what == f"{switch}, beside another divisor":
            return f"{sign} " + tell("{switch}, beside another divisor", switch=told(switch))
        if what.startswith(f"{switch}: "):
            idle = told(what.removeprefix(f"{switch}: "))
            return f"{sign} " + tell("{switch}: {why}", switch=told(switch), why=idle)
    return text
