"""Markers: what sets a segment apart, ranked by effect size (`_markers`) and written as text (`_marker_texts`)."""
