"""Query parameters → typed requests. Builds no statement and reads no database."""
