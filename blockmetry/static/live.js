/** The live page: takes the stream of events and keeps the list. */
import {count, draw, forgetFigures, pulse, showFigures, showReasons} from './figures.js';
import {at, copyText, whole} from './page.js';
import {rowOf} from './rows.js';

const ROWS_LIMIT = 400;
const RETRY_MS = 3000;

const state = {
  run: 0, last: 0, sentences: {drops: {}, rejects: {}}, figures: {}, totals: [], waiting: [],
  unlisted: 0, isCatchingUp: false, isPaused: false, isLost: false,
};

// --- What arrives ---

function greet({run, gateway_url, drops, rejects}) {
  if (run !== state.run) forget();
  Object.assign(state, {run, sentences: {drops, rejects}, isCatchingUp: true});
  offerStart(gateway_url);
  showConnection(false);
}

function forget() {
  at('rows').replaceChildren();
  Object.assign(state, {last: 0, waiting: [], unlisted: 0, totals: [], figures: {}});
  forgetFigures();
}

function take({rows, unshown, totals}) {
  const fresh = rows.filter(row => row.number > state.last);
  if (fresh.length) state.last = fresh.at(-1).number;
  showPulse(fresh, totals);
  state.totals = totals;
  state.unlisted += unshown;
  if (state.isPaused) state.waiting = [...state.waiting, ...fresh].slice(-ROWS_LIMIT);
  else list(fresh, !state.isCatchingUp);
  state.isCatchingUp = false;
  offerProperties();
  showCounts();
  showNote();
}

/** Rows can be left out of the list, so they are counted by the totals; those of before we looked have their own time. */
function showPulse(rows, totals) {
  if (state.isCatchingUp) for (const row of rows) pulse(row.at_ms, Number(Boolean(row.record)), Number(!row.record));
  else pulse(Date.now(), ...[true, false].map(isRecord => count(totals, isRecord) - count(state.totals, isRecord)));
}

function showCounts() {
  showFigures(state.figures, state.totals);
  showReasons(state.figures, state.totals, state.sentences);
}

// --- The list ---

function list(rows, isNews) {
  const elements = rows.map(row => rowOf(row, state.sentences.drops)).reverse();
  for (const element of elements) {
    element.classList.toggle('new', isNews);
    element.hidden = isOtherProperty(element);
  }
  at('rows').prepend(...elements);
  while (at('rows').childElementCount > ROWS_LIMIT) at('rows').lastElementChild.remove();
  if (rows.length) begin();
  describeNothing();
}

/** The first hit is there: the instructions make room. */
function begin() {
  if (at('start').dataset.begun) return;
  at('start').dataset.begun = 'yes';
  at('start').open = false;
  at('start-title').textContent = 'Add the tag to your site';
}

function isOtherProperty(row) {
  return at('property').value !== '' && at('property').value !== row.dataset.property;
}

function filter() {
  at('rows').dataset.show = document.querySelector('[name=show]:checked').value;
  for (const row of at('rows').children) row.hidden = isOtherProperty(row);
  describeNothing();
}

function describeNothing() {
  const show = at('rows').dataset.show;
  const rows = [...at('rows').children];
  const isBare = !rows.some(row => !row.hidden && (show === 'all' || row.classList.contains(show)));
  at('columns').hidden = at('tools').hidden = !rows.length;
  at('rows').hidden = isBare;
  at('none').hidden = !isBare || !rows.length;
  at('none').textContent = show === 'drop' ? 'No drops among the latest hits.' : 'None of the latest hits are of this kind.';
}

function offerProperties() {
  const offered = new Set([...at('property').options].map(option => option.value));
  for (const {property} of state.totals) {
    if (!offered.has(property)) at('property').append(new Option(property, property));
    offered.add(property);
  }
  at('property-choice').hidden = offered.size < 3;
}

function pause() {
  state.isPaused = !state.isPaused;
  at('pause').setAttribute('aria-pressed', state.isPaused);
  at('pause').textContent = state.isPaused ? 'Resume' : 'Pause';
  if (!state.isPaused) list(state.waiting.splice(0), true);
  showConnection(state.isLost);
  showNote();
}

function showNote() {
  const waiting = state.isPaused ? [`${whole.format(state.waiting.length)} new while paused`] : [];
  const unlisted = state.unlisted ? [`${whole.format(state.unlisted)} counted, too quick to list`] : [];
  at('note').textContent = [...waiting, ...unlisted].join(' · ');
}

// --- The connection ---

function showConnection(isLost) {
  state.isLost = isLost;
  at('lost').hidden = !isLost;
  at('state').dataset.state = isLost ? 'lost' : state.isPaused ? 'paused' : 'live';
  at('state').textContent = isLost ? 'Connection lost, trying again' : state.isPaused ? 'Paused' : 'Live';
}

function offerStart(gateway) {
  if (!/^https?:/.test(gateway)) return;
  at('demo').href = at('demo-start').href = `${gateway}demo`;
  at('snippet').textContent = `<script async src="${gateway}v1/tag.js" data-property="demo"></script>
<noscript><img src="${gateway}v1/pixel.gif?property=demo" referrerpolicy="no-referrer-when-downgrade" alt=""></noscript>`;
}

function connect() {
  const stream = new EventSource('events');
  const on = (name, use) => stream.addEventListener(name, event => use(JSON.parse(event.data)));
  on('hello', greet);
  on('rows', take);
  on('counters', figures => {
    state.figures = figures;
    showCounts();
  });
  stream.addEventListener('error', () => {
    showConnection(true);
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
  });
}

for (const choice of document.querySelectorAll('[name=show]')) choice.addEventListener('change', filter);
at('property').addEventListener('change', filter);
at('pause').addEventListener('click', pause);
at('copy-snippet').addEventListener('click', () => copyText(at('snippet').textContent, at('copy-snippet'), at('snippet')));
filter();
showCounts();
draw();
setInterval(() => draw(), 1000);
connect();
