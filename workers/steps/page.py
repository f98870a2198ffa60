"""Page: what was looked at, after URL anonymisation."""

from shared.record import PageProperties
from workers.measurement import Measurement
from workers.steps.url_parts import parse, resolve
from workers.steps.urls import NOWHERE, AnonymousUrl, UrlRules, anonymise, anonymise_parts, anonymise_text


def describe(m: Measurement, rules: UrlRules) -> PageProperties:
    """`CanonicalURL` is "" where the page names none, or none of http(s)."""
    page = anonymise(m.url, rules)
    first, second, third = (*page.segments, "", "", "")[:3]
    return PageProperties(
        title=anonymise_text(m.title),
        url_host=page.host,
        document_url=page.href,
        canonical_url=_canonical(m, rules).href,
        url_scheme=page.scheme,
        url_path=page.path,
        path_segment1=first,
        path_segment2=second,
        path_segment3=third,
    )


def _canonical(m: Measurement, rules: UrlRules) -> AnonymousUrl:
    """Nearly all are absolute, and many pages share one: these are remembered."""
    if not m.canonical:
        return NOWHERE
    canonical = anonymise(m.canonical, rules)
    if canonical is NOWHERE and (page := parse(m.url)) and (resolved := resolve(m.canonical, page)):
        canonical = anonymise_parts(resolved, rules)
    return canonical if canonical.scheme in ("https", "http") else NOWHERE
