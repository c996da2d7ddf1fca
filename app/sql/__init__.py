"""Statements for SQLite and PostgreSQL, built once for each shape of a request and then bound to its values."""

MAX_SHAPES = 128  # statements in each cache
