"""Engines and transactions: SQLite or PostgreSQL, one code path for both."""

from app.db.database import Database, require_thread

__all__ = ["Database", "require_thread"]
