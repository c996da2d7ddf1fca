"""What HTTP is about: addresses, validators, codings, problems, and the gateway around all answers."""
