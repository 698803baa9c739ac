"""Names of segments: archetypes, traits, playbook."""
