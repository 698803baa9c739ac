"""Traits: words for what sets a segment apart, each of which holds for most of its members.

Start with `_traits`, which has the traits of each segment. `_column_words` puts a column into words: by levels
(`_levels`), by what its numbers are (`_number_kinds`) and what it is about (`_column_topics`). `_words` has the words
of the catalogs with their bounds, `_term_shares` the customers who meet them.
"""
