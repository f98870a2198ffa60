// Blockmetry: one beacon per page view, no cookie
(() => {
	const attempt = task => { try { return task() } catch (e) { return '' } }
	const script = document.currentScript || document.querySelector('script[data-property]') || 0
	if (!script.src || (window.blockmetry || 0).optOut) return

	const {property, hash, bfcache} = script.dataset
	const base = new URL('.', script.src)
	let out, view, timer, here

	window.blockmetry = {
		optOut() { out = 1; attempt(() => localStorage.blockmetry_out = 1) },
		optIn() { out = 0; attempt(() => delete localStorage.blockmetry_out) }
	}

	const text = value => ('' + value).slice(0, 4096)
	const round = time => Math.max(0, Math.round(time * 10) / 10)

	const timings = () => {
		const marks = {}
		const entry = performance.getEntriesByType('navigation')[0] || performance.timing
		for (const name in entry)
			if (/Start|End|dom/.test(name)) marks[name] = round(entry[name] - (entry.navigationStart || 0))
		return marks
	}
	const paint = () => performance.getEntriesByName('first-contentful-paint')[0].startTime

	const send = hit => {
		const body = JSON.stringify(hit)
		const image = () => {
			delete hit.timings
			delete hit.vitals
			hit.screen = hit.screen.join('x')
			new Image().src = base + 'pixel.gif?' + new URLSearchParams(hit)
		}
		attempt(() => navigator.sendBeacon(base + 'beacon', body)) ||
			attempt(() => fetch(base + 'beacon', {method: 'POST', body, keepalive: true}).catch(image)) || image()
	}

	const flush = () => attempt(() => {
		if (!view) return
		const {url, referrer, loads} = view
		const marks = loads && attempt(timings) || {}
		const FCP = loads && attempt(() => round(paint() - (marks.activationStart || 0)))
		view = 0
		out || attempt(() => localStorage.blockmetry_out) || send({
			property,
			id: crypto.getRandomValues(new Uint32Array(4)).reduce((id, part) => id + part.toString(16).padStart(8, 0), ''),
			url: text(url),
			canonical: attempt(() => text(document.querySelector('link[rel~=canonical]').href)),
			title: text(document.title),
			referrer: text(referrer),
			screen: [screen.width, screen.height],
			time_zone: attempt(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
			timings: marks,
			vitals: FCP ? {FCP} : {},
			webdriver: !!navigator.webdriver
		})
	})

	// Titles and timings come late
	const soon = () => {
		clearTimeout(timer)
		timer = setTimeout(flush, 300)
	}
	const see = referrer => {
		flush()
		view = {url: here, referrer}
		soon()
	}

	const place = () => hash == null ? location.href.split('#')[0] : location.href
	const moved = name => attempt(() => {
		const before = here
		here = place()
		if (name == 'replaceState' ? here.split('?')[0] != before.split('?')[0] : here != before) see(before)
	})

	const open = () => attempt(() => {
		here = place()
		view = {url: here, referrer: document.referrer, loads: 1}
		document.readyState == 'complete' ? soon() : addEventListener('load', soon)
		for (const name of ['pushState', 'replaceState']) {
			const native = history[name].bind(history)
			history[name] = (...state) => {
				native(...state)
				moved(name)
			}
		}
		addEventListener('popstate', moved)
		addEventListener('pagehide', flush)
		addEventListener('pageshow', event => event.persisted && bfcache != null && see(document.referrer))
		document.addEventListener('visibilitychange', () => document.hidden && flush())
	})

	document.prerendering ? document.addEventListener('prerenderingchange', open) : open()
})()
