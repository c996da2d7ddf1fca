"""Statements on a snapshot → pages, tables, aggregates, hits; and the release that a snapshot shows."""
