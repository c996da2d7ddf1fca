"""Parameters → plan → one SELECT → records: how a request becomes an answer's data."""
