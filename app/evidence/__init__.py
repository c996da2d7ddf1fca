"""Records and the spans of the source that they cite: locate, verify, and account for every numeral.

The source's text is not stored. A paragraph is identified by its length and SHA-256, words by their offsets.
"""
