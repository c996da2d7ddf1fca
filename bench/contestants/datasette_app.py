"""Datasette with settings for speed; runs in the peers' environment."""

import os
from pathlib import Path

from datasette.app import Datasette  # type: ignore[import-not-found] # not in our environment

app = Datasette(
    immutables=[Path(os.environ["BENCH_COPY"])],
    settings={
        "sql_time_limit_ms": 120_000,
        "facet_time_limit_ms": 120_000,
        "max_returned_rows": 1_000,
        "suggest_facets": False,
        "max_csv_mb": 0,
        "num_sql_threads": 1,  # more threads do not help on one core
        "cache_size_kb": 200_000,
    },
).app()
