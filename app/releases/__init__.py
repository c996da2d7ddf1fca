"""Editions of the dataset, frozen into files that never change, and what changed between two of them."""
