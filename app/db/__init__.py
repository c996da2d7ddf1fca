"""Engines and transactions: SQLite or PostgreSQL, one code path for both."""

from app.db.database import Database, require_thread
from app.db.engines import TransactionNeeded

__all__ = ["Database", "TransactionNeeded", "require_thread"]
