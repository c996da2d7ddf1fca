"""`Content-Disposition` (RFC 6266): what a download is called, in every alphabet."""

from urllib.parse import quote


def attachment(name: str, extension: str, shown: str | None = None) -> str:
    """The header of a file to be saved under an ASCII name, or, where a client can, under what people call it."""
    plain = f'attachment; filename="{name}.{extension}"'
    return f"{plain}; filename*=UTF-8''{quote(shown, safe='')}.{extension}" if shown else plain
