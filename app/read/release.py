"""The release that a snapshot shows, to which cursors belong."""

from sqlalchemy.engine import Connection

from app.errors import ReleaseChanged
from app.request.cursor import Cursor

RELEASE = "release"  # the key, in a connection's info, of the id of the release that its snapshot shows


def require_release(connection: Connection, cursor: Cursor | None) -> str:
    """Return the id of the snapshot's release. Raises ReleaseChanged if the cursor belongs to another."""
    served: str = connection.info.get(RELEASE, "")  # none on a connection without a DatasetReader
    if cursor and cursor.release != served:
        raise ReleaseChanged(cursor.release, served)
    return served
