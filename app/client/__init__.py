"""A client of any Shanhai server over HTTP: requests that are repeated where that helps, and checked downloads.

It imports nothing of the project but its version: the server may have another.
"""

from app.client.failures import BinaryOutput, Damaged, Failure, Misconfigured, Refused, printable
from app.client.frozen import fetch_frozen, save_frozen
from app.client.receiver import Receiver, Report
from app.client.server import USER_AGENT, Server, explaining_proxies, read_address

__all__ = [
    "USER_AGENT",
    "BinaryOutput",
    "Damaged",
    "Failure",
    "Misconfigured",
    "Receiver",
    "Refused",
    "Report",
    "Server",
    "explaining_proxies",
    "fetch_frozen",
    "printable",
    "read_address",
    "save_frozen",
]
