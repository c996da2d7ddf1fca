"""Run every measurement, or only those named: `python -m bench [requests] [exports] [search]`."""

import sys

from bench import exports, requests, search

MEASUREMENTS = {"requests": requests.main, "exports": exports.main, "search": search.main}


def main() -> None:
    """Print the tables."""
    for name in sys.argv[1:] or MEASUREMENTS:
        MEASUREMENTS[name]()


main()
