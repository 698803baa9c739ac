"""What pictures of a result draw, as plain records: `SegmentMap`, `SegmentMeans` and `SizeChange`.

They can be written as JSON (`dataclasses.asdict`), and no number in them is of fewer than ten customers. Start at
`_segment_map.py`, which finds its two directions in `_directions.py` and the areas of segments in `_areas.py`.
"""

from __future__ import annotations

from custseg.picture_data._areas import MapArea
from custseg.picture_data._map_columns import MapColumns, map_columns
from custseg.picture_data._segment_map import MapAxis, SegmentMap, segment_map
from custseg.picture_data._segment_means import SegmentMeans, segment_means, telling_features
from custseg.picture_data._size_changes import SizeChange, size_changes

__all__ = [
    "MapArea",
    "MapAxis",
    "MapColumns",
    "SegmentMap",
    "SegmentMeans",
    "SizeChange",
    "map_columns",
    "segment_map",
    "segment_means",
    "size_changes",
    "telling_features",
]
