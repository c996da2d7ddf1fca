"""The way of every request around the application: bounded head, cache, conditional requests, ranges, coding."""
