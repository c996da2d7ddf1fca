"""PROV-O (https://www.w3.org/TR/prov-o/): from which figures a derived figure comes, and how.

The context stands in the document itself, so that nobody needs the network to read it.
"""

from collections.abc import Mapping
from typing import Any

from app.standards.dataset import present

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

Told = Mapping[str, Any]
Node = dict[str, Any]


def provenance(derived: Told, numerator: Told, denominator: Told, release: Told, base_url: str) -> Node:
    """The provenance of a derived figure: the division of its two figures, and the source of each.

    All are records as clients get them, and so is `release`, the edition that holds them.
    """
    here = f"{base_url}/v1/derived-figures/{derived['id']}"
    division = f"{here}/evidence#division"
    over, under = (f"{base_url}/v1/figures/{figure['id']}" for figure in (numerator, denominator))
    return {
        "@context": CONTEXT,
        "@graph": [
            _entity(
                here,
                derived,
                {
                    "prov:wasDerivedFrom": [over, under],
                    "prov:wasGeneratedBy": division,
                    "rdfs:seeAlso": f"{here}/evidence",
                },
            ),
            {
                "@id": division,
                "@type": "prov:Activity",
                "rdfs:label": derived["formula"],
                "rdfs:comment": "\n".join(derived["steps"]),
                "prov:used": [over, under],
                "prov:qualifiedUsage": [_usage(over, "分子", "numerator"), _usage(under, "分母", "denominator")],
            },
            *(_figure(address, figure) for address, figure in ((over, numerator), (under, denominator))),
            {
                "@id": f"{base_url}/v1/releases/{release['id']}",
                "@type": ["prov:Entity", "prov:Collection"],
                "rdfs:label": release["edition"],
                "dcterms:issued": str(release["released_on"]),
                "prov:hadMember": [here, over, under],
            },
        ],
    }


def _figure(address: str, figure: Told) -> Node:
    return _entity(
        address,
        figure,
        {"prov:hadPrimarySource": figure["source_url"], "rdfs:seeAlso": f"{address}/evidence"},
    )


def _entity(address: str, record: Told, more: Node) -> Node:
    """A record; its value is left out where it is a range, which has none."""
    return present(
        {
            "@id": address,
            "@type": "prov:Entity",
            "rdfs:label": _both(record["name_zh"], record["name_en"]),
            "prov:value": record["value"],
            **more,
        }
    )


def _usage(figure: str, zh: str, en: str) -> Node:
    """That the division used a figure, and as what."""
    return {
        "@type": "prov:Usage",
        "prov:entity": figure,
        "prov:hadRole": {"@type": "prov:Role", "rdfs:label": _both(zh, en)},
    }


def _both(zh: str, en: str) -> list[Node]:
    return [{"@value": zh, "@language": "zh"}, {"@value": en, "@language": "en"}]
