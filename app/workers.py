"""The process above several workers."""

from uvicorn.supervisors import Multiprocess


class Workers(Multiprocess):
    """Workers that share sockets, which nothing keeps open once they end."""

    def terminate_all(self) -> None:
        """End the workers, and close the sockets here too.

        Otherwise connections would go on to be established while the last responses are sent, and be reset at the end
        without an answer. Refused at once, a client or a proxy turns to another server. A socket of a supervisor stays
        open in it, so connections wait there for the next server.
        """
        super().terminate_all()
        for each in self.sockets:
            each.close()
