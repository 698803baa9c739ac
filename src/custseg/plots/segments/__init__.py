"""Pictures of the segments themselves: sizes, markers, medians, distributions, a map, and the grid of RFM scores."""
