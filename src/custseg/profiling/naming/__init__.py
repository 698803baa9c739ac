"""Names of segments and advice for them.

Start with `_segment_names`, which gives every segment a name: from an archetype where it qualifies (`_archetypes`,
`_archetype_match`), else from its traits (`_traits`, `_words`). `_playbook` makes the advice.
Definitions of archetypes and plays are in `data/`. Nothing here is imported from outside of `profiling`.
"""
