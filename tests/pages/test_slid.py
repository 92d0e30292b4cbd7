"""What a number that is typed on a picture's slider makes of the other slider's."""

import pytest

from pages.act.question.matching import most_weight_decay
from pages.act.question.shown import FREE, Shown, slid
from pages.shared.run import Asked
from pages.shared.settings import settings_of
from wd_core import make_dataset
from wd_core.linear.filters import closest_weight_decay
from wd_core.linear.spectrum import decompose

SETTINGS = settings_of({"n_features": 10, "weight_decay": 2.0})


@pytest.mark.parametrize("steps", [7.0, 77.0, 1234.0])
def test_a_typed_t_brings_the_decay_that_matches_it(steps: float) -> None:
    lam, t = slid(Asked(SETTINGS, Shown()), None, steps)
    s = decompose(make_dataset(SETTINGS.data)).s
    assert t == steps
    wanted = min(closest_weight_decay(s, SETTINGS.run.lr, steps), most_weight_decay())
    assert lam == pytest.approx(wanted, rel=1e-5)  # six digits are kept


def test_a_typed_decay_has_t_follow() -> None:
    assert slid(Asked(SETTINGS, Shown(steps=50)), 3.7, None) == (3.7, 0.0)


def test_where_each_moves_alone_the_other_stays() -> None:
    asked = Asked(SETTINGS, Shown(steps=50, sliders=FREE))
    assert slid(asked, 3.7, None) == (3.7, 50.0)
    assert slid(asked, None, 77.0) == (2.0, 77.0)


def test_what_a_slider_says_of_both_is_taken() -> None:
    assert slid(Asked(SETTINGS, Shown()), 3.0, 50.0) == (3.0, 50.0)
