"""Call every operation of a client that openapi-python-client generated; print what fails. Runs in its environment.

python call_everything.py FOLDER_OF_THE_CLIENT OPENAPI_JSON
"""

import importlib
import inspect
import json
import pkgutil
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any


def main(folder: Path, document: dict[str, Any]) -> Iterator[str]:
    """Call every operation; yield what fails."""
    sys.path.insert(0, str(folder.parent))
    client = importlib.import_module(folder.name).Client(document["servers"][0]["url"])
    api = importlib.import_module(f"{folder.name}.api")
    arguments = {
        parameter["name"]: parameter["schema"]["examples"][0]
        for path, item in document["paths"].items()
        if path.count("{") > 1 or path == "/v1/search"
        for parameter in item["get"]["parameters"]
        if parameter.get("required")
    }
    ids = {item["get"]["tags"][0]: _id(item["get"]) for path, item in document["paths"].items() if "{id}" in path}
    calls = 0
    for module in pkgutil.walk_packages(api.__path__, f"{api.__name__}."):
        if module.ispkg:
            continue
        operation = importlib.import_module(module.name)
        tag = module.name.split(".")[-2]
        own = {name.lower().replace(" ", "_").replace("-", "_"): value for name, value in ids.items()}
        response = operation.sync_detailed(client=client, **_fill(operation, arguments | {"id": own.get(tag)}))
        calls += 1
        if response.status_code != 200 or response.parsed is None or type(response.parsed).__name__ == "Problem":
            yield f"{module.name}: {response.status_code} {response.parsed!r:.200}"
    sys.stdout.write(f"{calls} operations called\n")


def _id(operation: dict[str, Any]) -> Any:
    return next(each["schema"]["examples"][0] for each in operation["parameters"] if each.get("name") == "id")


def _fill(operation: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return what an operation requires; of an enumeration, the first term."""
    signature = inspect.signature(operation.sync_detailed, eval_str=True)
    required = [each for each in signature.parameters.values() if each.default is inspect.Parameter.empty]
    return {
        each.name: next(iter(each.annotation)) if issubclass(each.annotation, Enum) else arguments[each.name]
        for each in required
        if each.name != "client"
    }


if __name__ == "__main__":
    failures = [*main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")))]
    sys.exit("\n".join(failures) or 0)
