"""Shanhai Open Data: the figures of China's East–West cooperation, each led back to the words it comes from."""

__version__ = "0.1.0"
