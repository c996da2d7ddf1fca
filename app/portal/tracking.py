"""The words that messengers, networks and newsletters add to an address that somebody shares."""

TRACKING = {
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "clicktime",
    "dclid",
    "enterid",
    "fbclid",
    "from",
    "gbraid",
    "gclid",
    "gclsrc",
    "igsh",
    "igshid",
    "isappinstalled",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "nsukey",
    "oly_anon_id",
    "oly_enc_id",
    "scene",
    "sessionid",
    "spm",
    "srcid",
    "subscene",
    "ttclid",
    "twclid",
    "vero_id",
    "wbraid",
    "weibo_id",
    "yclid",
}
PREFIXES = ("hsa_", "mtm_", "pk_", "share_", "sharer_", "utm_")


def is_tracking(name: str) -> bool:
    """Return whether a parameter tracks readers: it changes no page."""
    return name in TRACKING or name.startswith(PREFIXES)
