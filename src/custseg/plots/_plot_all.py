"""`plot_all`: the usual pictures of a result, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from custseg.plots._canvas import check_kind, parent_figure
from custseg.plots.evidence._chosen_number import plot_choice
from custseg.plots.evidence._refits import plot_stability
from custseg.plots.evidence._silhouette import plot_silhouette
from custseg.plots.segments._map import plot_map
from custseg.plots.segments._minimum_size import plot_minimum_size
from custseg.plots.segments._profile import plot_profile
from custseg.plots.segments._rfm_grid import plot_rfm_grid
from custseg.plots.segments._segments import plot_segments
from custseg.plots.segments._snake import plot_snake
from custseg.result import Segmentation

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_OF_THE_GRID = {"recency_days", "order_count"}


def plot_all(result: Segmentation) -> dict[str, Figure]:
    """Draw the usual pictures of a result.

    Parameters
    ----------
    result : Segmentation
        The result of `fit_segments`.

    Returns
    -------
    dict of str to matplotlib Figure
        "segments"; of two segments or more "profile" and "snake" (unless the
        segments differ in categories alone), and "map" if they were made of two features or more;
        "rfm_grid" if there are `recency_days` and `order_count`; "minimum_size" if customers were reassigned to meet
        the minimum size; "choice" unless a single segment was requested; of two segments or more "silhouette" and
        "stability". Figures have no window; save them with `savefig`.

    Raises
    ------
    TypeError
        If `result` is no Segmentation.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.plots import plot_all
    >>> figures = plot_all(fit_segments(make_shop(500, 0).orders))
    >>> list(figures)[:4]
    ['segments', 'profile', 'snake', 'map']
    """
    check_kind("plot_all", result, Segmentation, source="fit_segments")
    has_several = len(result.profiles.segments) > 1
    figures = {"segments": plot_segments(result)}
    # Where only categories tell the segments apart, there is no feature to draw.
    has_numbers = has_several and bool(result.telling_features)
    if has_numbers:
        figures["profile"] = plot_profile(result)
    of_axes: dict[str, Callable[[Segmentation], Axes]] = {}
    if has_numbers:
        of_axes["snake"] = plot_snake
    if has_several and result.segment_map is not None:
        of_axes["map"] = plot_map
    if set(result.features.numeric_names()) >= _OF_THE_GRID:
        of_axes["rfm_grid"] = plot_rfm_grid
    if result.reassignments:
        of_axes["minimum_size"] = plot_minimum_size
    choices = [row.choice for row in result.clusterings]
    if len(choices) == 1 and any(row.n_clusters > 1 for row in choices[0].candidates):
        of_axes["choice"] = plot_choice
    if has_several:
        of_axes["silhouette"] = plot_silhouette
    figures |= {name: parent_figure(plot(result)) for name, plot in of_axes.items()}
    return figures | {"stability": plot_stability(result)} if has_several else figures
