#!/bin/bash
# Makes the roles of compose.yaml's profile `scale`: `replica` copies this server, `reader` gets its rights from
# `shanhai migrate --reader`. The postgres image runs this once, in an empty volume. For an older volume:
#   docker compose exec --user postgres database bash /docker-entrypoint-initdb.d/primary.sh
set -euo pipefail

if [ -n "${REPLICA_PASSWORD:-}" ]; then
  psql --username="$POSTGRES_USER" --dbname=postgres --set=ON_ERROR_STOP=1 \
    --set=replica="$REPLICA_PASSWORD" --set=reader="${READER_PASSWORD:?is not set}" <<'SQL'
CREATE ROLE replica LOGIN REPLICATION PASSWORD :'replica';
CREATE ROLE reader LOGIN PASSWORD :'reader';
SQL
  echo 'host replication replica all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  psql --username="$POSTGRES_USER" --dbname=postgres --command='SELECT pg_reload_conf()'
fi
