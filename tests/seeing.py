"""How colours look to other eyes: what they see of a colour, and how far apart two are.

The matrices for linear light are those of Machado, Oliveira and Fernandes (2009) for dichromats;
grey is the luminance. The difference of two colours is CIEDE2000, the contrast is WCAG's.
"""

from __future__ import annotations

import re
from math import atan2, cos, exp, hypot, radians, sin, sqrt, tau

import numpy as np

from wd_core.arrays import Array

LUMINANCE = (0.2126, 0.7152, 0.0722)
EYES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    "grey": (LUMINANCE, LUMINANCE, LUMINANCE),
}
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = XYZ.sum(axis=1)
COLOUR = re.compile(r"rgba?\(([^)]*)\)")


def parsed(colour: str) -> tuple[Array, float]:
    """Red, green and blue from 0 to 1, and how opaque it is, of a colour of CSS."""
    if colour.startswith("#"):
        digits = colour[1:] if len(colour) > 4 else "".join(2 * digit for digit in colour[1:])
        return np.array(list(bytes.fromhex(digits))) / 255, 1.0
    inner = COLOUR.fullmatch(colour.replace(" ", ""))
    assert inner, colour
    red, green, blue, *alpha = (float(part) for part in inner[1].split(","))
    return np.array([red, green, blue]) / 255, alpha[0] if alpha else 1.0


def over(ground: Array, colour: str, opacity: float = 1.0) -> Array:
    """What is seen of a colour that lies over a ground."""
    rgb, alpha = parsed(colour)
    share = alpha * opacity
    return np.asarray(share * rgb + (1 - share) * ground)


def linear(rgb: Array) -> Array:
    """The light of these values."""
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def encoded(light: Array) -> Array:
    """The values of this light, as far as a screen has them."""
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def seen(rgb: Array, eye: str) -> Array:
    """What such an eye makes of a colour."""
    return encoded(np.array(EYES[eye]) @ linear(rgb))


def contrast(one: Array, other: Array) -> float:
    """From 1, no difference, to 21, black on white."""
    low, high = sorted(float(np.dot(LUMINANCE, linear(rgb))) for rgb in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: Array) -> Array:
    """Lightness, from green to red, and from blue to yellow."""
    share = XYZ @ linear(rgb) / WHITE
    x, y, z = np.where(share > (6 / 29) ** 3, np.cbrt(share), share / 3 / (6 / 29) ** 2 + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(one: Array, other: Array) -> float:
    """How different two colours look, by CIEDE2000: 1 is just seen side by side."""
    return difference(lab(one), lab(other))


def difference(one: Array, other: Array) -> float:
    """The same of two colours in Lab."""
    (l1, a1, b1), (l2, a2, b2) = one.tolist(), other.tolist()
    mean = (hypot(a1, b1) + hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * sqrt(mean**7 / (mean**7 + 25**7))
    c1, c2 = hypot(stretch * a1, b1), hypot(stretch * a2, b2)
    h1, h2 = (atan2(b, stretch * a) % tau for a, b in ((a1, b1), (a2, b2)))
    grey = c1 * c2 == 0
    turn = 0.0 if grey else (h2 - h1 + tau / 2) % tau - tau / 2
    hue = h1 + h2 if grey else _between(h1, h2)
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * cos(hue - radians(30))
        + 0.24 * cos(2 * hue)
        + 0.32 * cos(3 * hue + radians(6))
        - 0.20 * cos(4 * hue - radians(63))
    )
    by_light = 1 + 0.015 * (light - 50) ** 2 / sqrt(20 + (light - 50) ** 2)
    by_chroma, by_hue = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    around = radians(30) * exp(-(((hue - radians(275)) / radians(25)) ** 2))
    twist = -2 * sqrt(chroma**7 / (chroma**7 + 25**7)) * sin(2 * around)
    lights, chromas = (l2 - l1) / by_light, (c2 - c1) / by_chroma
    hues = 2 * sqrt(c1 * c2) * sin(turn / 2) / by_hue
    return sqrt(lights**2 + chromas**2 + hues**2 + twist * chromas * hues)


def _between(one: float, other: float) -> float:
    """The hue in the middle of two, on the shorter way."""
    middle = (one + other) / 2
    if abs(one - other) <= tau / 2:
        return middle
    return middle + tau / 2 if middle < tau / 2 else middle - tau / 2
