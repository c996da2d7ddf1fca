"""Documents in metadata standards: pure functions of their arguments."""
