"""Join seed folders into a new one: `python join.py FOLDER… NEW`.

Rows of a later folder follow those of the earlier ones, and replace rows of the same id. Columns are joined by name.
"""

import csv
import shutil
import sys
from pathlib import Path


def join(folders: list[Path], new: Path) -> None:
    """Write every CSV file of the folders, joined, and what else the first folder has, into a new folder."""
    shutil.copytree(folders[0], new)
    for name in sorted({path.name for folder in folders for path in folder.glob("*.csv")}):
        rows: dict[object, dict[str, str]] = {}
        header: dict[str, None] = {}
        for path in (folder / name for folder in folders if (folder / name).exists()):
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                header |= dict.fromkeys(reader.fieldnames or ())
                # Rows of these two files have no id of their own.
                whole = name in {"locators.csv", "synonyms.csv"}
                rows |= {tuple(row.values()) if whole else row["id"]: row for row in reader}
        with (new / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows.values())


if __name__ == "__main__":
    *seeds, target = map(Path, sys.argv[1:])
    join(seeds, target)
