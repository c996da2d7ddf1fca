"""A record and its place in the source: locate it, verify it, and account for every numeral.

The source's text is never kept: a paragraph is known by its length and SHA-256, words by their offsets and theirs.
"""
