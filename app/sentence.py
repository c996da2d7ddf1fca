"""A text that programs read in English and people in their language."""


class Sentence(str):
    """A text in English, as problems of the API and logs have it, which carries the same text in Chinese for pages."""

    __slots__ = ("zh",)

    zh: str

    def __new__(cls, zh: str, en: str) -> "Sentence":
        """Return the text, declared like a bilingual one: Chinese first."""
        made = super().__new__(cls, en)
        made.zh = zh
        return made

    @classmethod
    def same(cls, text: str) -> "Sentence":
        """Return a text that is the same in both languages, such as one of numbers."""
        return cls(text, text)

    def __reduce__(self) -> tuple[type["Sentence"], tuple[str, str]]:
        """Return what makes a copy, also in another process."""
        return Sentence, (self.zh, self.en)

    @property
    def en(self) -> str:
        """The text in English, as plain as encoders require it."""
        return str(self)

    def __add__(self, other: str) -> "Sentence":
        """Return this text with another one appended, in each language."""
        return Sentence(self.zh + (other.zh if isinstance(other, Sentence) else other), self.en + str(other))
