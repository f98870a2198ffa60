/** The strip above the list: counters, reasons, and the last minute. */
import {at, make, makeButton, whole} from './page.js';

const SECONDS = 60;
const NAMES = {
  received: 'Received', records: 'Records', drops: 'Dropped', rejected: 'Rejected',
  delivered: 'Delivered', queue_depth: 'In queue', journal_bytes: 'Journal',
};
// The page counts these itself, from the outcomes.
const DOUBLES = new Set(['enriched', 'dropped']);

const chips = new Map();
const buckets = new Map();

/** How many outcomes are records, or are not. */
export function count(totals, isRecord) {
  return totals.filter(total => !total.reason === isRecord).reduce((sum, total) => sum + total.count, 0);
}

/** What we know always has its place; other figures get one when there is something to say. */
export function showFigures(figures, totals) {
  const sums = sumsByName(figures, totals);
  const others = Object.keys(sums).filter(name => !NAMES[name] && sums[name]);
  at('counters').replaceChildren(...[...Object.keys(NAMES), ...others].map(name => figure(name, sums[name] || 0)));
}

function sumsByName(figures, totals) {
  const sums = {records: count(totals, true), drops: count(totals, false)};
  for (const [name, value] of Object.entries(figures)) {
    const isPart = name.includes('.'); // `rejected.REASON` is in `rejected` already
    if (!isPart && !DOUBLES.has(name)) sums[name] = value;
  }
  return sums;
}

function figure(name, value) {
  const label = NAMES[name] || name.replaceAll('_', ' ');
  return make('div', value ? name : '', make('dt', '', label), make('dd', '', amount(name, value)));
}

function amount(name, value) {
  if (!name.endsWith('_bytes')) return whole.format(value);
  const step = value < 1e3 ? 0 : value < 1e6 ? 1 : value < 1e9 ? 2 : 3;
  return `${whole.format(Math.round(value / 1e3 ** step))} ${['B', 'kB', 'MB', 'GB'][step]}`;
}

/** Why hits made no record, in the worker and at the edge. */
export function showReasons(figures, totals, {drops, rejects}) {
  const dropped = new Map();
  for (const {reason, count} of totals) if (reason) dropped.set(reason, (dropped.get(reason) || 0) + count);
  for (const [reason, count] of dropped) showReason('dropped', reason, count, drops[reason]);
  for (const [name, count] of Object.entries(figures)) {
    const [group, reason] = name.split('.');
    if (group === 'rejected' && reason && count) showReason(group, reason, count, rejects[reason]);
  }
  at('reasons').hidden = !chips.size;
}

/** One chip per reason, made once: what has the keyboard's focus stays where it is. */
function showReason(kind, reason, count, sentence = '') {
  const key = `${kind} ${reason}`;
  if (!chips.has(key)) chips.set(key, chip(kind, reason, sentence));
  chips.get(key).textContent = whole.format(count);
}

function chip(kind, reason, sentence) {
  const figure = make('b');
  const content = [`${kind} `, make('code', '', reason), ' ', figure, make('span', 'sentence', ` ${sentence}`)];
  const button = makeButton('', () => {
    button.setAttribute('aria-expanded', button.getAttribute('aria-expanded') === 'false');
  }, ...content);
  button.title = sentence;
  button.setAttribute('aria-expanded', false);
  at('reasons').append(make('li', kind, button));
  return figure;
}

/** Adds outcomes to the second they happened in. */
export function pulse(ms, records, drops) {
  const second = Math.floor(ms / 1000);
  const [recordsBefore, dropsBefore] = buckets.get(second) || [0, 0];
  buckets.set(second, [recordsBefore + records, dropsBefore + drops]);
}

/** The last minute, a column per second; to be called once a second. */
export function draw(now = Math.floor(Date.now() / 1000)) {
  for (const second of buckets.keys()) if (second <= now - SECONDS) buckets.delete(second);
  const columns = Array.from({length: SECONDS}, (_, place) => buckets.get(now - SECONDS + 1 + place) || [0, 0]);
  const sums = columns.map(([records, drops]) => records + drops);
  at('minute').textContent = `${whole.format(sums.reduce((sum, one) => sum + one, 0))} hits`;
  const scale = 42 / Math.max(4, ...sums);
  at('chart').replaceChildren(...columns.flatMap(([records, drops], place) => [
    block('rest', place, 44, 1),
    block('record', place, 44, records * scale),
    block('drop', place, 44 - records * scale, drops * scale),
  ]));
}

function block(className, place, bottom, height) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  const shape = {class: className, x: place * 4 + 0.5, y: bottom - height, width: 3, height};
  for (const [name, value] of Object.entries(shape)) element.setAttribute(name, value);
  return element;
}

/** Another run has begun: everything counts from zero. */
export function forgetFigures() {
  chips.clear();
  buckets.clear();
  at('reasons').replaceChildren();
}
