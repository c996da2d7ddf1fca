"""PROV-O (https://www.w3.org/TR/prov-o/): the provenance of a derived figure. The document contains its context."""

from typing import Any

from app.entity import Bilingual
from app.standards.dataset import Record, drop_empty
from app.standards.identifiers import Identifiers
from app.standards.json_ld import Node, both

CONTEXT: dict[str, Any] = {
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "dcterms": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{
        f"prov:{name}": {"@type": "@id"}
        for name in ("entity", "hadMember", "hadPrimarySource", "used", "wasDerivedFrom", "wasGeneratedBy")
    },
    "rdfs:seeAlso": {"@type": "@id"},
    "dcterms:issued": {"@type": "xsd:date"},
}


def provenance(derived: Record, numerator: Record, denominator: Record, release: Record, ids: Identifiers) -> Node:
    """Return the provenance of a derived figure: its division, and the figures and sources behind it."""
    here, evidence = ids.of_record("derived-figures", derived["id"]), f"/v1/derived-figures/{derived['id']}/evidence"
    division = ids.of(f"{evidence}#division")
    over, under = (ids.of_record("figures", figure["id"]) for figure in (numerator, denominator))
    origin = {
        "prov:wasDerivedFrom": [over, under],
        "prov:wasGeneratedBy": division,
        "rdfs:seeAlso": f"{ids.base_url}{evidence}",
    }
    return {
        "@context": CONTEXT,
        "@graph": [
            _entity(here, derived, origin),
            {
                "@id": division,
                "@type": "prov:Activity",
                "rdfs:label": derived["formula"],
                "rdfs:comment": "\n".join(derived["steps"]),
                "prov:used": [over, under],
                "prov:qualifiedUsage": [
                    _usage(over, Bilingual("分子", "numerator")),
                    _usage(under, Bilingual("分母", "denominator")),
                ],
            },
            _figure(over, numerator, ids),
            _figure(under, denominator, ids),
            {
                "@id": ids.of_release(release["id"]),
                "@type": ["prov:Entity", "prov:Collection"],
                "rdfs:label": release["edition"],
                "dcterms:issued": str(release["released_on"]),
                "prov:hadMember": [here, over, under],
            },
        ],
    }


def _figure(identifier: str, figure: Record, ids: Identifiers) -> Node:
    evidence = f"{ids.base_url}/v1/figures/{figure['id']}/evidence"
    return _entity(identifier, figure, {"prov:hadPrimarySource": figure["source_url"], "rdfs:seeAlso": evidence})


def _entity(identifier: str, record: Record, properties: Node) -> Node:
    return drop_empty(
        {
            "@id": identifier,
            "@type": "prov:Entity",
            "rdfs:label": both(Bilingual(record["name_zh"], record["name_en"]), zh="zh"),
            "prov:value": record["value"],
            **properties,
        }
    )


def _usage(figure: str, role: Bilingual) -> Node:
    return {
        "@type": "prov:Usage",
        "prov:entity": figure,
        "prov:hadRole": {"@type": "prov:Role", "rdfs:label": both(role, zh="zh")},
    }
