"""Resources: the dictionary of each collection, and each record; and the completion of their addresses."""

import re
from urllib.parse import unquote

import msgspec

from app.mcp.api import Api
from app.mcp.refusals import Refused, read
from app.models import COLLECTIONS

MAX_COMPLETIONS = 100  # which the protocol sets
DICTIONARY, RECORD = "shanhai://dictionary/{collection}", "shanhai://records/{collection}/{id}"
_DICTIONARY = re.compile(r"shanhai://dictionary/([^/]+)")
_RECORD = re.compile(r"shanhai://records/([^/]+)/([^/]+)")


async def read_resource(api: Api, uri: str) -> str:
    """Return a resource as JSON. Raises Refused."""
    if match := _DICTIONARY.fullmatch(uri):
        return msgspec.json.encode(await _dictionary(api, match[1])).decode()
    if (match := _RECORD.fullmatch(uri)) and match[1] in COLLECTIONS:
        record = await read(api, f"/v1/{match[1]}/{unquote(match[2])}", {})
        return msgspec.json.encode(record).decode()
    raise Refused(f"There is no resource {uri[:200]!r}. There are {DICTIONARY} and {RECORD}.")


async def complete(api: Api, name: str, value: str, collection: str) -> tuple[list[str], int]:
    """Return values of a part of an address that begin like this, and how many there are."""
    if name == "collection":
        slugs = [slug for slug in COLLECTIONS if slug.startswith(value)]
        return slugs, len(slugs)
    if name == "id" and collection in COLLECTIONS:
        query = {"id__startswith": value or None, "fields": "id", "limit": MAX_COMPLETIONS, "sort": "id"}
        page = await read(api, f"/v1/{collection}", query)
        return [record["id"] for record in page["data"]], page["meta"]["total"]
    return [], 0


async def _dictionary(api: Api, slug: str) -> dict[str, object]:
    """Return a collection's part of the data dictionary, with its vocabularies. Raises Refused."""
    data = await read(api, "/v1/dictionary", {})
    document = data.get("data", data)
    found = next((each for each in document["collections"] if each["slug"] == slug), None)
    if found is None:
        raise Refused(f"There is no collection {slug[:100]!r}. There are {', '.join(COLLECTIONS)}.")
    used = {field["vocabulary"] for field in found["fields"]}
    return {"collection": found, "vocabularies": [each for each in document["vocabularies"] if each["id"] in used]}
