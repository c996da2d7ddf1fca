"""The one error of the package."""


class QuantityError(ValueError):
    """Words that are not one quantity; the message names them, says what cannot be read and what would be right."""
