"""Figures → a drawing of them in Vega-Lite: pure functions that know of no chart in particular, and the drawing itself.

Nothing is imported here: `render` runs in a process that is to hold nothing of the server.
"""
