"""Requests → statements, for SQLite and PostgreSQL: each is built once for its shape, and then only bound to values."""

MAX_SHAPES = 1024  # statements that each cache holds; clients repeat few shapes
