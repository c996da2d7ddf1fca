#!/bin/bash
# Copies the primary at PGHOST into an empty data folder, then follows it. To copy it again, remove the volume.
set -euo pipefail

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA"
  find "$PGDATA" -mindepth 1 -delete # of a copy that was interrupted
  pg_basebackup --pgdata="$PGDATA" --wal-method=stream --checkpoint=fast --no-password
  touch "$PGDATA/standby.signal"
fi
# libpq takes host, role and password from the environment. Without feedback, the primary's vacuum would end long exports.
exec postgres -c primary_conninfo='application_name=replica' -c hot_standby_feedback=on "$@"
