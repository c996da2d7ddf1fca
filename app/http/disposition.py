"""Content-Disposition (RFC 6266): the file name of a download."""

from urllib.parse import quote


def attachment(name: str, extension: str, localized: str | None = None) -> str:
    """Return the header of a download with an ASCII name and, for clients that read it, a localized one."""
    plain = f'attachment; filename="{name}.{extension}"'
    return f"{plain}; filename*=UTF-8''{quote(localized, safe='')}.{extension}" if localized else plain
