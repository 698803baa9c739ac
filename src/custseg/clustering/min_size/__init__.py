"""Clusters of a minimum size: the assignment as a transportation problem, Lloyd and EM steps, restarts."""
