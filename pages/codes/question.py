"""The switches of the page as its controls and its link say them."""

from __future__ import annotations

from pages.shared.fields import Choice, Setting
from pages.shared.run import RunForm
from pages.shared.words import label
from wd_core.book.two_codes import Switches

DEFAULT = Switches()

SETTINGS: dict[str, Setting] = {
    key: Choice(key, label, help, getattr(DEFAULT, key), options)
    for key, label, help, options in (
        (
            "loss",
            label("The ½ of the loss"),
            label(
                "Whether each code's loss is r²/2 or r², the residual squared; MSELoss has no ½."
            ),
            {
                "book": "½r² | r² (MSELoss)",
                "half": label("½r² in both"),
                "whole": label("r² in both"),
            },
        ),
        (
            "rates",
            label("η and wd of the concise code"),
            label("Whether the concise code has the same η and wd = λ, or η/2 and wd = 2λ."),
            {"same": label("η, λ as from scratch"), "mapped": label("η/2 and 2λ")},
        ),
        (
            "bias_start",
            label("Start of the bias"),
            label(
                "Where b begins: at 0, drawn from N(0, 1), or uniform on ±1/√d as nn.Linear draws "
                "it."
            ),
            {
                "book": "0 | N(0, 1)",
                "linear": label("0 | nn.Linear's own"),
                "zero": label("0 in both"),
                "normal": label("N(0, 1) in both"),
            },
        ),
        (
            "bias_decay",
            label("Decay of the bias"),
            label("Whether λ shrinks b as it shrinks w; torch.optim decays all it is given."),
            {
                "neither": label("w alone in both"),
                "concise": label("w | w and b"),
                "both": label("w and b in both"),
            },
        ),
        (
            "divisor",
            label("A short last batch"),
            label(
                "What the sum over m of B rows is divided by: B, so that its step counts m/B, or m."
            ),
            {
                "book": label("by B | by m"),
                "rows": label("by m in both"),
                "batch_size": label("by B in both"),
            },
        ),
        (
            "penalty",
            label("Where the penalty is added"),
            label(
                "(λ/2)‖w‖² joins every example's loss, or the optimizer adds λw to the gradient."
            ),
            {
                "book": label("loss | optimizer"),
                "loss": label("loss in both"),
                "optimizer": label("optimizer in both"),
            },
        ),
    )
}


FORM = RunForm("codes", SETTINGS, Switches)
