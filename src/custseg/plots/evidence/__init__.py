"""Pictures of the evidence for a choice: the number of segments, silhouettes, stability, and the minimum size."""
