"""Pictures of what happens to segments: movement, sizes over snapshots, a proof out of time, a scorecard."""
