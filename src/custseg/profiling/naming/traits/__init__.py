"""Traits: words for what sets a segment apart, each of which holds for most of its members.

Start with `_traits`, which has the traits of each segment. `columns` puts a column into words: by levels (`_levels`),
by what its numbers are and what it is about. `_contrasts` has bounds that tell two segments apart. `_words` has the
words of the catalogs with their bounds, `_term_shares` the customers who meet them.
"""
