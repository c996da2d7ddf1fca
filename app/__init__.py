"""Shanhai Open Data: the figures of China's East–West cooperation, each traced to the words that state it."""

__version__ = "0.1.0"
