"""Labeled sets of points of many shapes, made by formula; a label of -1 is noise that no score counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from sklearn import datasets

Points = np.ndarray
Labeled = tuple[np.ndarray, np.ndarray]
Shape = Callable[[np.random.Generator], Labeled]
Spread = float | Sequence[Sequence[float]]


def blob(rng: np.random.Generator, n: int, middle: Sequence[float], spread: Spread = 1.0) -> Points:
    """A Gaussian cloud; `spread` is one variance for all columns, or a covariance."""
    covariance = np.asarray(spread) if np.ndim(spread) else float(spread) * np.eye(len(middle))
    return np.asarray(middle) + rng.normal(size=(n, len(middle))) @ np.linalg.cholesky(covariance).T


def ring(rng: np.random.Generator, n: int, radius: float, width: float, middle: Sequence[float] = (0, 0)) -> Points:
    """A circle with a Gaussian width."""
    angle, length = rng.uniform(0, 2 * np.pi, n), radius + rng.normal(0, width, n)
    return np.c_[middle[0] + length * np.cos(angle), middle[1] + length * np.sin(angle)]


def arc(
    rng: np.random.Generator,
    n: int,
    radii: tuple[float, float],
    turn: tuple[float, float],
    width: float,
    *,
    middle: tuple[float, float] = (0, 0),
) -> Points:
    """A part of an ellipse, from one half-turn to another."""
    angle = rng.uniform(turn[0] * np.pi, turn[1] * np.pi, n)
    return np.c_[middle[0] + radii[0] * np.cos(angle), middle[1] + radii[1] * np.sin(angle)] + rng.normal(
        0, width, (n, 2)
    )


def box(rng: np.random.Generator, n: int, low: Sequence[float], high: Sequence[float]) -> Points:
    """Evenly filled."""
    return rng.uniform(low, high, (n, len(low)))


def stacked(*parts: Points) -> Labeled:
    """The parts, numbered."""
    return np.concatenate(parts), np.repeat(np.arange(len(parts)), [len(part) for part in parts])


def with_noise(rng: np.random.Generator, labeled: Labeled, n: int) -> Labeled:
    """Evenly strewn points beside the labeled ones."""
    X, y = labeled
    return np.r_[X, box(rng, n, X.min(axis=0), X.max(axis=0))], np.r_[y, np.full(n, -1)]


def blobs(*parts: tuple[int, Sequence[float], Spread]) -> Shape:
    """Gaussian clouds: size, middle and spread of each."""
    return lambda rng: stacked(*(blob(rng, *part) for part in parts))


def grid(k: int, spread: float, rows: int) -> Shape:
    """Clouds on a shaken grid."""

    def make(rng: np.random.Generator) -> Labeled:
        side = int(np.ceil(np.sqrt(k)))
        middles = 10.0 * np.array([divmod(j, side) for j in range(k)]) + rng.uniform(-1.5, 1.5, (k, 2))
        return stacked(*(blob(rng, rows // k, middle, spread**2) for middle in middles))

    return make


def two_in(columns: int, apart: float, spreads: tuple[float, float] = (1.0, 1.0)) -> Shape:
    """Two clouds in many columns."""
    middle = np.full(columns, apart / np.sqrt(columns))
    return blobs((500, np.zeros(columns), spreads[0]), (500, middle, spreads[1]))


def planted(sigmas: float, *, heavy: bool = False, rows: int = 1_000, columns: int = 4) -> Shape:
    """3 to 7 Gaussian groups of at least 4 %, the closest centers so many standard deviations apart.

    With `heavy` a column of Student's t with two degrees of freedom comes beside.
    """

    def make(rng: np.random.Generator) -> Labeled:
        k = int(rng.integers(3, 8))
        centers = rng.normal(size=(k, columns))
        distances = np.linalg.norm(centers[:, None] - centers, axis=2) + np.diag(np.full(k, np.inf))
        centers *= sigmas / distances.min()
        sizes = np.round((0.04 + rng.dirichlet(np.full(k, 1.5)) * (1 - 0.04 * k)) * rows).astype(int)
        X, y = stacked(*(blob(rng, size, center) for size, center in zip(sizes, centers, strict=True)))
        return (np.c_[X, rng.standard_t(2, len(X))] if heavy else X), y

    return make


def in_ball(rng: np.random.Generator) -> Labeled:
    """A ball in the middle of a hollow sphere."""
    core, shell = (part / np.linalg.norm(part, axis=1)[:, None] for part in rng.normal(size=(2, 400, 3)))
    return stacked(core * 10 * rng.uniform(size=(400, 1)) ** (1 / 3), shell * (50 + rng.normal(size=(400, 1))))


def chained_rings(rng: np.random.Generator) -> Labeled:
    """Two rings, each through the other."""
    first, second = ring(rng, 500, 1, 0.05), ring(rng, 500, 1, 0.05)
    thick = rng.normal(0, 0.05, (2, 500))
    return stacked(np.c_[first, thick[0]], np.c_[second[:, 0] + 1, thick[1], second[:, 1]])


def spirals(rng: np.random.Generator) -> Labeled:
    """Three arms."""
    t = np.linspace(0.6, 3.2, 110) * np.pi / 1.5
    arms = [np.c_[t * np.cos(t + turn), t * np.sin(t + turn)] for turn in 2 * np.pi / 3 * np.arange(3)]
    return stacked(*(arm + rng.normal(0, 0.1, arm.shape) for arm in arms))


def helices(rng: np.random.Generator) -> Labeled:
    """Two helices around a thin axis."""
    t = np.linspace(0, 4 * np.pi, 500)
    turns = [np.c_[np.cos(t + start), np.sin(t + start), t / 6] for start in (0, np.pi)]
    axis = blob(rng, 500, (0, 0, 1), np.diag([0.02, 0.02, 0.3]))
    return stacked(*(turn + rng.normal(0, 0.05, turn.shape) for turn in turns), axis)


def waves(rng: np.random.Generator) -> Labeled:
    """Four wavy bands above one another."""
    t = np.linspace(0, 10, 500)
    bands = [np.c_[t, 4 * j + 1.2 * np.sin(1.3 * t + j)] for j in range(4)]
    return stacked(*(band + rng.normal(0, 0.25, band.shape) for band in bands))


def strokes(rng: np.random.Generator) -> Labeled:
    """Five slanting strokes, up and down by turns."""
    parts = []
    for j in range(5):
        t = rng.uniform(size=60)
        parts.append(np.c_[2 * j + 1.4 * t, 4 * (t if j % 2 else 1 - t)] + rng.normal(0, 0.08, (60, 2)))
    return stacked(*parts)


def wedges(rng: np.random.Generator) -> Labeled:
    """Two plates that grow denser towards each other."""
    left, right = np.sqrt(rng.uniform(size=(2, 500)))
    return stacked(
        np.c_[-0.15 - 2 * (1 - left), rng.uniform(0, 3, 500)], np.c_[0.15 + 2 * (1 - right), rng.uniform(1, 4, 500)]
    )


def diamonds(rng: np.random.Generator) -> Labeled:
    """Two squares that touch with a corner."""
    turned = np.array([[1, 1], [-1, 1]]) / np.sqrt(2)
    return stacked(*(box(rng, 400, (-0.7, -0.7), (0.7, 0.7)) @ turned + (x, 0) for x in (-1.02, 1.02)))


def parabolas(rng: np.random.Generator) -> Labeled:
    """One opens upwards, one downwards."""
    x, z = rng.uniform(-2, 2, (2, 500))
    curves = np.c_[x, x**2], np.c_[z + 1.6, 5 - z**2]
    return stacked(*(curve + rng.normal(0, 0.18, curve.shape) for curve in curves))


def window(rng: np.random.Generator) -> Labeled:
    """Four panes in a frame."""
    bars = (((0, 0), (10, 0.6)), ((0, 9.4), (10, 10)), ((0, 0.6), (0.6, 9.4)), ((9.4, 0.6), (10, 9.4)))
    frame = np.concatenate([box(rng, 150, *bar) for bar in bars])
    panes = [box(rng, 120, (x, y), (x + 2.6, y + 2.6)) for x in (1.6, 5.8) for y in (1.6, 5.8)]
    return stacked(frame, *panes)


def smile(rng: np.random.Generator) -> Labeled:
    """A face."""
    eyes = [blob(rng, 100, (x, 3.5), 0.3) for x in (-3.5, 3.5)]
    return stacked(ring(rng, 350, 10, 0.3), *eyes, arc(rng, 250, (6, 6), (1.15, 1.85), 0.25))


def target(rng: np.random.Generator) -> Labeled:
    """A disc in a ring, and three points in each corner."""
    corners = [blob(rng, 3, (x, y), 0.01) for x in (-3, 3) for y in (-3, 3)]
    return stacked(blob(rng, 365, (0, 0), 0.03), ring(rng, 393, 2, 0.08), *corners)


def littered(rng: np.random.Generator) -> Labeled:
    """A wave, plates, a ring around a cloud and bars, with noise in between."""
    t = rng.uniform(0, 10, 500)
    wave = np.c_[2 * t, 10 + np.sin(t)] + rng.normal(0, 0.25, (500, 2))
    plates = [box(rng, 300, (0, 0), (3, 6)), box(rng, 300, (4.5, 0), (7, 6))]
    bars = [box(rng, 300, (16, 0), (21, 0.9)), box(rng, 300, (16, 1.9), (16.9, 7))]
    parts = wave, *plates, ring(rng, 400, 2.5, 0.25, (12, 3)), blob(rng, 120, (12, 3), 0.1), *bars
    return with_noise(rng, stacked(*parts), 150)


def slanted(rng: np.random.Generator) -> Labeled:
    """Three clouds, stretched alike."""
    X, y = blobs((300, (-6, -8), 1.0), (300, (0, 0), 1.0), (300, (6, 3), 1.0))(rng)
    return X @ np.array([[0.6, -0.63], [-0.4, 0.85]]), y


def known(load: Callable[..., tuple[np.ndarray, np.ndarray]]) -> Shape:
    """A set that scikit-learn brings along, its columns scaled."""

    def make(rng: np.random.Generator) -> Labeled:
        X, y = load(return_X_y=True)
        return (X - X.mean(axis=0)) / X.std(axis=0), y

    return make


def from_seed(make: Callable[..., tuple[np.ndarray, np.ndarray]], **settings: float) -> Shape:
    """A shape of scikit-learn's."""
    return lambda rng: make(800, random_state=int(rng.integers(10**6)), **settings)


_TILTED = [[4, 3.8], [3.8, 4]], [[4, -3.8], [-3.8, 4]]
_AXES = [axis for sign in (-3, 3) for axis in ((sign, 0, 0), (0, sign, 0), (0, 0, sign))]

SHAPES: dict[str, Shape] = {
    "in_ball": in_ball,
    "chained_rings": chained_rings,
    "spirals": spirals,
    "helices": helices,
    "waves": waves,
    "strokes": strokes,
    "wedges": wedges,
    "diamonds": diamonds,
    "parabolas": parabolas,
    "window": window,
    "smile": smile,
    "target": target,
    "littered": littered,
    "slanted": slanted,
    "moons": from_seed(datasets.make_moons, noise=0.06),
    "moons_noisy": from_seed(datasets.make_moons, noise=0.11),
    "circles": from_seed(datasets.make_circles, noise=0.05, factor=0.5),
    "rings": lambda rng: stacked(*(ring(rng, 600, radius, 0.15) for radius in (3, 6, 9))),
    "ring_and_cloud": lambda rng: stacked(ring(rng, 400, 3, 0.12), blob(rng, 400, (0, 0), 0.15)),
    "trapped": lambda rng: stacked(ring(rng, 800, 5, 0.2), *(blob(rng, 60, (x, 0), 0.1) for x in (-1.5, 1.5))),
    "five_rings": lambda rng: stacked(
        *(ring(rng, 300, 1, 0.04, middle) for middle in ((0, 0), (2.6, 0), (5.2, 0), (1.3, -1.2), (3.9, -1.2)))
    ),
    "crescents": lambda rng: stacked(
        arc(rng, 276, (20, 14), (0, 1), 1.0, middle=(30, -4)), arc(rng, 97, (12, 10), (1, 2), 1.0, middle=(15, 26))
    ),
    "cloud_in_arc": lambda rng: stacked(
        arc(rng, 110, (10, 10), (-0.25, 1.25), 0.6), blob(rng, 97, (-4, -1), 3.0), blob(rng, 93, (4, -1), 3.0)
    ),
    "flame": lambda rng: stacked(
        blob(rng, 153, (7, 18), [[6, 0], [0, 2.5]]), arc(rng, 87, (9, 9), (0.15, 0.85), 0.8, middle=(7, 17))
    ),
    "plates_and_cloud": lambda rng: stacked(
        box(rng, 100, (0, 0), (0.8, 4)), box(rng, 100, (1.3, 0), (5, 0.8)), blob(rng, 200, (3.5, 3.2), 0.1)
    ),
    "stripes": lambda rng: stacked(*(box(rng, 400, (0, y), (20, y + 0.8)) for y in (0, 2))),
    "line_and_cloud": lambda rng: stacked(
        np.c_[np.linspace(0, 20, 200), rng.normal(0, 0.1, 200)], blob(rng, 300, (10, 5), 0.8)
    ),
    "compound": lambda rng: stacked(
        blob(rng, 50, (12, 20)),
        blob(rng, 90, (18.5, 20), 1.6),
        ring(rng, 158, 6, 0.4, (15, 8)),
        blob(rng, 60, (15, 8), 0.8),
        box(rng, 60, (30, 8), (42, 22)),
    ),
    "seven_in_space": blobs((30, (0, 0, 0), 0.2), *((30, axis, 0.2) for axis in _AXES)),
    "tetrahedron": blobs(*((100, c, 0.13) for c in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)))),
    "wide_and_dense": blobs((1_000, (0, 0), 0.5), (1_000, (2.5, 2), [[3, 0.2], [0.2, 2]])),
    "varied": blobs((300, (0, 0), 0.1), (300, (5, 5), 2.0), (300, (-4, 6), 0.5)),
    "dense": blobs((100, (0, 0), 0.01), (100, (1.2, 0), 0.15)),
    "overlapping": blobs((100, (0, 0), 1.0), (100, (3.2, 0), 1.0), (100, (1.6, 2.8), 1.0)),
    "unequal": blobs(
        *((600, c, 16.0) for c in ((0, 0), (30, 12), (12, 40))),
        *((100, c, 4.0) for c in ((100, 0), (115, 10), (100, 25), (118, 35), (130, 18))),
    ),
    "seven_sizes": blobs(
        (170, (7, 22), 2.0),
        (34, (10, 11), 0.5),
        (270, (33, 8), [[4, 0], [0, 5]]),
        (102, (20, 7), 2.2),
        (130, (20, 22), [[2, 0], [0, 2.5]]),
        (45, (8, 7), 1.2),
        (34, (33, 22), 1.0),
    ),
    "cigars": blobs(*((200, (0, 3 * j), [[16, 0], [0, 0.2]]) for j in range(4))),
    "splashes": blobs((200, (0, 0), [[0.05, 0], [0, 2]]), (200, (1.2, 0), [[0.05, 0], [0, 2]])),
    "cross": blobs((500, (0, 0), [[9, 0], [0, 0.05]]), (500, (0, 0), [[0.05, 0], [0, 9]])),
    "tilted": blobs((200, (0, 0), _TILTED[0]), (200, (8, 0), _TILTED[1]), (200, (4, 9), 0.7)),
    "grid_15": grid(15, 1.2, 600),
    "grid_15_wide": grid(15, 1.9, 1_800),
    "grid_15_blurred": grid(15, 2.4, 1_800),
    "grid_20": grid(20, 1.4, 2_000),
    "grid_31": grid(31, 1.4, 2_000),
    "grid_noise": lambda rng: with_noise(rng, grid(6, 0.9, 900)(rng), 120),
    "two_in_2": two_in(2, 4.0),
    "two_in_16": two_in(16, 5.0),
    "two_in_64": two_in(64, 6.0),
    "small_in_wide_2": two_in(2, 4.0, (0.25, 2.0)),
    "small_in_wide_16": two_in(16, 4.0, (0.25, 2.0)),
    "planted_5": planted(5.0),
    "planted_4": planted(4.0),
    "planted_5_heavy": planted(5.0, heavy=True),
    "iris": known(datasets.load_iris),
    "wine": known(datasets.load_wine),
    "breast_cancer": known(datasets.load_breast_cancer),
}
