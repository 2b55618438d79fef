"""Red, amber and green stay readable and apart, for colour-blind readers too.

Contrast as WCAG 2.2 defines it; colour-blindness as simulated by Machado, Oliveira and Fernandes
(2009) at full severity; distance by CIEDE2000 (Sharma, Wu and Dalal 2005).
"""

import math
import re
from itertools import combinations

import numpy as np
import pytest

SIGHT = {
    "usual": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
]
WHITE = [0.95047, 1.0, 1.08883]


def linear(colour: str) -> np.ndarray:
    shares = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(float(np.dot(XYZ[1], linear(colour))) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def lab(light: np.ndarray) -> tuple[float, float, float]:
    ratio = np.array(XYZ) @ np.clip(light, 0, 1) / WHITE
    x, y, z = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 1 + 0.5 * (1 - math.sqrt(mean**7 / (mean**7 + 25**7)))
    c1, c2 = math.hypot(g * a1, b1), math.hypot(g * a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, g * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180
    dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn) / 2)
    ml, mc = (l1 + l2) / 2, (c1 + c2) / 2
    mh = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    cos = {
        k: math.cos(math.radians(k * mh + shift))
        for k, shift in ((1, -30), (2, 0), (3, 6), (4, -63))
    }
    t = 1 - 0.17 * cos[1] + 0.24 * cos[2] + 0.32 * cos[3] - 0.20 * cos[4]
    sl = 1 + 0.015 * (ml - 50) ** 2 / math.sqrt(20 + (ml - 50) ** 2)
    sc, sh = 1 + 0.045 * mc, 1 + 0.015 * mc * t
    rt = (
        -2
        * math.sqrt(mc**7 / (mc**7 + 25**7))
        * math.sin(math.radians(60 * math.exp(-(((mh - 275) / 25) ** 2))))
    )
    dl, dc = (l2 - l1) / sl, (c2 - c1) / sc
    return math.sqrt(dl**2 + dc**2 + (dh / sh) ** 2 + rt * dc * dh / sh)


@pytest.fixture(scope="module")
def palettes(root) -> list[dict[str, str]]:
    """Colours by name, of the palette that is used and of the one that can be chosen."""
    text = (root / "services/gateway/style/_rug.scss").read_text(encoding="utf-8")
    blocks = re.findall(r"\{([^{}]*--tartan-red:[^{}]*)\}", text)
    assert len(blocks) == 2
    return [dict(re.findall(r"--tartan-([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks]


@pytest.mark.parametrize("name", ["red", "amber", "green"])
def test_text_on_each_colour_can_be_read(palettes, name):
    for palette in palettes:
        assert contrast(palette[name], palette[f"{name}-text"]) >= 4.5


@pytest.mark.parametrize("sight", SIGHT)
def test_no_two_colours_of_a_palette_come_near_each_other(palettes, sight):
    for palette in palettes:
        seen = [
            lab(np.array(SIGHT[sight]) @ linear(palette[name]))
            for name in ("red", "amber", "green")
        ]

        assert min(distance(one, other) for one, other in combinations(seen, 2)) >= 20


def test_the_measures_agree_with_published_values():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    # Pairs 1, 7 and 25 of the test data of Sharma, Wu and Dalal.
    assert distance((50, 2.6772, -79.7751), (50, 0, -82.7485)) == pytest.approx(2.0425, abs=5e-5)
    assert distance((50, 0, 0), (50, -1, 2)) == pytest.approx(2.3669, abs=5e-5)
    assert distance((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387)) == pytest.approx(
        1.2644, abs=5e-5
    )


def test_the_usual_traffic_lights_would_not_do():
    red, amber, green = (
        lab(np.array(SIGHT["deuteranopia"]) @ linear(colour))
        for colour in ("#ff0000", "#ffc000", "#00b050")
    )

    assert distance(red, green) < 20 or distance(amber, green) < 20
