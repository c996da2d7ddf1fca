"""An invented dataset, from which documents are made without a database."""

from app.models import COLLECTIONS
from app.standards.dataset import Dataset
from tests.terms import read_seed

BASE = "https://data.example/shanhai"
DATASET = Dataset(
    catalog={
        "title": {"zh": "山海 <开放> 数据", "en": "Open & <b>free</b>"},
        "publisher": {"zh": "山海", "en": "Shanhai"},
        "license": {"id": "CC-BY-4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
    },
    release={"id": "2026.11-abc", "edition": "2026.11", "released_on": "2026-11-23"},
    history=(),
    sources=(),
    places=(),
    entities=tuple(COLLECTIONS.values()),
    files=(),
    base_url=BASE,
    is_public=True,
    terms=read_seed(),
)
