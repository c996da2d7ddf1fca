"""A citation as one line, for a footnote."""

from collections.abc import Mapping
from typing import Any


def citation_line(
    record: Mapping[str, Any] | None,
    catalog: Mapping[str, Any],
    release: Mapping[str, Any],
    address: str,
    language: str,
) -> str:
    """Return the citation of the dataset, or of one of its records, in `zh` or `en`."""
    publisher, title = catalog["publisher"][language], catalog["title"][language]
    year = str(release["released_on"])[:4]
    if language == "zh":
        part = f"“{record['name_zh']}”，载" if record else ""
        return f"{publisher}（{year}）：{part}《{title}》，版本 {release['id']}，{catalog['license']['id']}。{address}"
    part = f"“{record['name_en'].removesuffix('.')}.” In " if record else ""
    return f"{publisher} ({year}). {part}{title}, release {release['id']}, {catalog['license']['id']}. {address}"
