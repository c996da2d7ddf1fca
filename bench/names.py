"""What contestants are called, in tables and where a goal speaks of them."""

OURS = "ours, SQLite"
OURS_POSTGRESQL = "ours, PostgreSQL"
BARE = "bare ASGI callable"
DATASETTE = "Datasette"
NAIVE = "FastAPI + SQLModel, naive"
ROAPI = "ROAPI"
POSTGREST = "PostgREST"
PEERS = (DATASETTE, NAIVE, ROAPI, POSTGREST)
BEST = "the best peer"
