"""Side-by-side measurements, run by hand with `make bench`: ratios in one run, never absolute times."""
