"""Releases frozen into files, and the differences between two of them."""
