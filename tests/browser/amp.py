"""A page that does what AMP's runtime would do with a config of ours: fetch it, fill it in, send it once it is seen."""

RUNTIME = """
const known = {
  pageViewId64: crypto.randomUUID().replaceAll('-', '_'),
  sourceUrl: location.href.split('#')[0],
  canonicalUrl: document.querySelector('link[rel=canonical]')?.href,
  title: document.title,
  documentReferrer: document.referrer,
  screenWidth: screen.width,
  screenHeight: screen.height,
  timezoneCode: Intl.DateTimeFormat().resolvedOptions().timeZone,
  navTiming: mark => performance.timing[mark],
}
const fill = text => text.replace(/\\$\\{(\\w*)(?:\\((\\w*)\\))?\\}/g, (_, name, argument) =>
  (argument ? known[name]?.(argument) : known[name]) ?? '')

const seen = () => new Promise(resolve => {
  const look = () => document.hidden || resolve()
  document.addEventListener('visibilitychange', look)
  look()
})

const send = ({requests, transport, extraUrlParams}) => {
  const url = fill(requests.pageview)
  const told = Object.fromEntries(Object.entries(extraUrlParams).map(([name, text]) => [name, fill(text)]))
  const query = url + '?' + Object.entries(told).map(pair => pair.map(encodeURIComponent).join('=')).join('&')
  const [target, body] = transport.useBody ? [url, JSON.stringify(told)] : [query, '']
  if (transport.beacon && navigator.sendBeacon(target, body)) return
  if (transport.xhrpost) return new Promise((resolve, fail) => {
    const xhr = new XMLHttpRequest()
    xhr.open('POST', target)
    xhr.withCredentials = true
    xhr.setRequestHeader('Content-Type', 'text/plain')
    xhr.onload = () => resolve(xhr.status)
    xhr.onerror = fail
    xhr.send(body)
  })
  const image = new Image()
  image.src = query
  return image.decode()
}

const configured = async url => {
  const asked = url + '?__amp_source_origin=' + encodeURIComponent(location.origin)
  return (await fetch(asked, {credentials: 'include'})).json()
}

window.amp = async (url, transport) => {
  const config = await configured(url)
  await seen()
  return send(transport ? {...config, transport} : config)
}
"""


def page(calls: str = "") -> str:
    """What stands in its head, with `calls` of `amp(config, transport)`."""
    return f'<link rel=canonical href="/whole-story"><script type=module>{RUNTIME}\n{calls}</script>'
