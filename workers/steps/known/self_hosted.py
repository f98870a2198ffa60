"""What many run under names of their own: known by a part of the host."""

ANYWHERE = {
    "organic": {"searx": "searx searxng", "whoogle": "whoogle", "yacy": "yacy"},
    "social": {
        "mastodon": "mastodon mstdn mastodonapp mastodont",
        "lemmy": "lemmy",
        "misskey": "misskey",
        "pixelfed": "pixelfed",
        "friendica": "friendica",
        "pleroma": "pleroma",
    },
    "video": {"peertube": "peertube"},
}
"""Medium to name to labels: `mastodon.art`, `peertube.example.org`."""

BEFORE = {
    "email": """mail mail1 mail2 mail3 mail01 mail02 email emails e-mail webmail mymail newmail xmail zimbra
        roundcube horde owa squirrelmail rainloop poczta poste posta pochta messagerie courrier correo correoweb
        webcorreo epost sahkoposti""",
    "organic": """search websearch isearch suche suchen recherche ricerca ricerche szukaj buscador buscar busca
        busqueda pesquisa hledani hledat hladaj vyhledavani zoek zoeken sok haku keres arama poisk""",
}
"""Medium to labels before a host's own name: `webmail.example.edu`, `search.example.net`. The host is the source."""
