"""A cache for `str.translate`."""

from collections.abc import Callable

MAX_CHARACTERS = 50_000  # more than texts contain, fewer than clients could send


class CharacterMap(dict[int, str]):
    """A mapping for `str.translate` that converts each character when it is first met."""

    def __init__(self, convert: Callable[[str], str]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, code: int) -> str:
        if len(self) >= MAX_CHARACTERS:
            self.clear()
        text = self[code] = self._convert(chr(code))
        return text
