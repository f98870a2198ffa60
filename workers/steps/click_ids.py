"""Click ids: what ad networks, mailers and sharing add to links. They name a single click of a single person.

From the networks' own public descriptions of their parameters.
"""

from typing import NamedTuple


class Click(NamedTuple):
    """What a click id tells of how the visitor came."""

    source: str
    medium: str


_ADDED = {
    "cpc": {
        "google": "gclid gbraid wbraid dclid gad_source gad_campaignid",
        "bing": "msclkid",
        "tiktok": "ttclid",
        "twitter": "twclid",
        "linkedin": "li_fat_id",
        "yandex": "yclid ymclid",
        "yahoo": "yclid=yss yclid=yjad yjr_yjad vmcid",
        "reddit": "rdt_cid",
        "pinterest": "epik",
        "snapchat": "sccid",
        "quora": "qclid",
        "outbrain": "obclid outbrainclickid ob_click_id dicbo oborigurl",
        "taboola": "tblci",
        "adroll": "adct",
        "criteo": "cto_pld",
        "amazon": "amzclid maas",
        "seznam": "sznclid",
        "nextdoor": "ndclid",
        "teads": "auctid",
        "stackadapt": "sacid",
        "vkontakte": "rb_clickid",
        "baidu": "bd_vid",
        "so.com": "qhclickid",
        "tencent": "gdt_vid qz_gdt",
        "naver": "n_ad n_keyword_id napm",
        "line": "ldtag_cl",
    },
    "affiliate": {
        "impact": "irclickid irclid",
        "cj": "cjevent",
        "awin": "awc",
        "zanox": "zanpid",
        "rakuten": "ransiteid",
        "partnerize": "clickref",
        "tradedoubler": "tduid",
        "shareasale": "sscid",
        "admitad": "admitad_uid",
    },
    "email": {
        "mailchimp": "mc_eid mc_cid",
        "klaviyo": "_kx _ke",
        "hubspot": "_hsenc _hsmi",
        "marketo": "mkt_tok",
        "mailerlite": "ml_subscriber ml_subscriber_hash",
        "salesforce": "sfmc_sub",
        "omeda": "oly_enc_id oly_anon_id",
        "vero": "vero_id vero_conv",
        "kit": "ck_subscriber_id",
        "dotdigital": "dm_i",
        "eloqua": "elqtrackid elqtrack",
        "listrak": "trk_contact trk_msg",
        "blueshift": "bsft_clkid bsft_uid",
        "drip": "__s",
        "emarsys": "sc_uid sc_eh sc_customer",
        "activecampaign": "vgo_ee",
        "sharpspring": "ss_email_id",
        "bronto": "_bta_tid _bta_c",
    },
    "social": {
        "facebook": "fbclid",
        "instagram": "igshid igsh",
    },
    "organic": {
        "google": "srsltid",
        "yandex": "ysclid",
    },
}
"""`name=beginning` is an id whose value begins so, up to a dot: Yahoo Japan has taken the name of Yandex's."""

_SILENT = """gclsrc wickedid _openstat _branch_match_id _branch_referrer hsctatracking __hssc __hstc __hsfp _ga
    _gl _gac _fbp _fbc ved ei gs_lcp sca_esv s_kwcid guce_referrer guce_referrer_sig guccounter irgwc kclickid
    n_click_id nclid"""
"""Added by nobody in particular, or passed on from page to page: they tell nothing of how the visitor came."""

CLICKS = {
    name: Click(source, medium)
    for medium, sources in _ADDED.items()
    for source, names in sources.items()
    for name in names.split()
}
"""Parameter name in lower case to what it tells."""

CLICK_IDS = frozenset(name for name in (*CLICKS, *_SILENT.split()) if "=" not in name)
"""Parameter names in lower case; none of them stays in a URL."""


def read(name: str, value: str) -> Click | None:
    """`name` in lower case, `value` as it stands. An id without a value tells nothing."""
    click = CLICKS.get(name) if value else None
    return CLICKS.get(f"{name}={value.partition('.')[0].lower()[:8]}", click) if click else None
