"""Known services by their hosts, from public knowledge; names and media are those of GA4's published source categories.

Name to hosts, and under `""` hosts that have their name in them. A host stands for everything below it too, but for
search engines (`docs.google.com` is no search) and where it is written `=wordpress.com`: below are sites of others.
`google.{}` is the brand under any country's domain (`google.de`, `google.co.uk`), `x.com/i/grok` a part of a site.
"""
