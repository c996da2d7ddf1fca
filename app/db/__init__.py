"""Engines and transactions: SQLite or PostgreSQL, one code path for both."""

from app.db.database import Database

__all__ = ["Database"]
