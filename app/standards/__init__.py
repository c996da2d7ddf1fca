"""Documents in the standards that others' tools read: pure functions, arguments in and a document out."""
