"""The templates of what the bench writes."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template, select_autoescape

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(["svg.jinja"]),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def template(name: str) -> Template:
    """The template of a file."""
    return _ENVIRONMENT.get_template(f"{name}.jinja")
