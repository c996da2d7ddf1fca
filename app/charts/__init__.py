"""Charts of figures as Vega-Lite specifications, and their rendering.

This package imports nothing itself, because `render` runs in a worker process without the server's modules.
"""
