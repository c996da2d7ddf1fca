"""A toolbox for HTTP: URLs, negotiation, validators, ranges, codings, streams, problem documents."""
