"""The guide of a page: a few short cards, each of which lights up what it speaks of.

They are sent once with the page and walked in the browser, and with them the words that charts
link to the glossary, and where the page stands in the navigation. A card is left out while
something that it lights up is not there, so it need not hold where that is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import streamlit as st

from pages.shared import assets
from pages.shared.form import Form
from pages.shared.glossary.links import address, words
from pages.shared.language import spoken
from pages.shared.words import Said, say, tells, told

MODULE: Final = "guide.js"
NAME: Final = "weight_decay_guide"
# What a chart has beside its curves, and the tables below it.
Part = Literal["words", "tiles", "play", "table"]

# The rest of it comes with the first click: who never asks does not wait for it.
BUTTON: Final = """
const GUIDE = Symbol.for("weight-decay-explorer guide");
const TERMS = Symbol.for("weight-decay-explorer terms");
export default function ({ data, parentElement: parent }) {
  window[TERMS] = data.terms;
  document.documentElement.lang = data.lang;
  import(location.origin + data.chart + "words.js").then(({ speak }) => speak(data.words));
  import(location.origin + data.chart + "navigation.js").then(({ mark }) => mark(...data.stands));
  let button = parent.querySelector(".wd-guide");
  if (!button) {
    button = document.createElement("button");
    button.className = "wd-guide";
    button.type = "button";
    button.innerHTML = '<svg viewBox="0 0 24 24" aria-hidden="true">' +
      '<circle cx="12" cy="12" r="9.5"/><path d="M16.5 7.5l-3 6-6 3 3-6z"/></svg>';
    parent.append(button);
  }
  button.hidden = !data.cards.length;
  button.title = button.ariaLabel = data.labels.open;
  button.ariaExpanded ??= "false";
  button.onclick = async () => {
    const { toggle } = await import(location.origin + data.address);
    toggle(button, data);
  };
  parent[GUIDE]?.accept(data);
  return () => setTimeout(() => parent.isConnected || parent[GUIDE]?.close());
}
"""

_button = st.components.v2.component(NAME, js=BUTTON, isolate_styles=False)


@tells("text", "after")
@dataclass(frozen=True)
class Card:
    """What it says, and what it lights up.

    curves: traces of the picture, by the key of their series or moves, their group in the legend,
    their axis ("x2": all of a panel), or what their names begin with. controls: settings, or
    sliders of the chart, by their keys. after: what it says once the reader has moved one of these.
    """

    text: Said
    curves: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    after: Said | None = None


def offer(page: str, form: Form[Any], cards: Sequence[Card], stands: tuple[str, str]) -> None:
    """The round button that opens the guide; out of sight where a page has no cards.

    stands: the page's group in the navigation, nothing where it has none, and its name there.
    """
    here = assets.addresses()
    data = {
        "page": page,
        "stands": stands,
        "lang": spoken(),
        "chart": here["chart"],
        "words": here.get("words"),
        "address": f"{here['chart']}{MODULE}",
        "cards": [_sent(card, form) for card in cards],
        "terms": {"address": address(assets.base_path()), "words": words()},
        "labels": {
            "open": say("Guide to this page"),
            "place": say("Guide, {card} of {cards}", card="{card}", cards="{cards}"),
            "back": say("Back"),
            "next": say("Next"),
            "done": say("Done"),
            "close": say("Close the guide"),
            "nothing": say("The picture is not there yet. The guide speaks of it once it is."),
        },
    }
    _button(data=data, key="wd-guide")


def _sent(card: Card, form: Form[Any]) -> dict[str, Any]:
    return {
        "text": card.text,
        "after": card.after,
        "curves": list(dict.fromkeys([*card.curves, *map(told, card.curves)])),
        "controls": [{"key": key, "slot": form.slot(key)} for key in card.controls],
        "parts": card.parts,
    }
