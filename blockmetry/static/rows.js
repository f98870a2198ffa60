/** One row of the list: a record, or a drop with its reason. */
import {copyText, make, makeButton} from './page.js';

const clock = new Intl.DateTimeFormat([], {hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'});

/** `sentences`: what each reason of a drop means. */
export function rowOf(row, sentences) {
  const moment = make('time', '', clock.format(row.at_ms));
  moment.dateTime = new Date(row.at_ms).toISOString();
  const cells = row.record ? recordCells(row.record) : dropCells(row, sentences);
  const details = make('details', '', make('summary', '', moment, make('span', 'property', row.property), ...cells));
  details.addEventListener('toggle', () => {
    if (details.childElementCount === 1) details.append(row.record ? wholeRecord(row.record) : wholeDrop(row, sentences));
  });
  const element = make('li', row.record ? 'record' : 'drop', details);
  element.dataset.property = row.property;
  return element;
}

function recordCells({PageProperties: page, Acquisition: source, DeviceProperties: device, Locale: locale}) {
  return [
    make('span', 'page', make('b', '', page.URLPath), make('span', '', joined(' · ', page.URLHost, page.Title))),
    make('span', 'source', joined(' / ', source.AcquistionSource, source.AcquisitionMedium)),
    make('span', 'device', joined(', ', device.UAFamily, device.OS, device.DeviceClass)),
    make('span', 'place', joined(', ', locale.CityNameEN, locale.Country)),
  ];
}

const joined = (separator, ...parts) => parts.filter(Boolean).join(separator);

function dropCells(row, sentences) {
  return [make('span', 'why', make('code', '', row.reason), make('span', '', sentences[row.reason] || ''))];
}

function wholeDrop(row, sentences) {
  const rule = row.detail ? [make('p', 'soft', 'Rule: ', make('code', '', row.detail))] : [];
  return make('div', 'whole', make('p', '', sentences[row.reason] || row.reason), ...rule);
}

function wholeRecord(record) {
  const json = JSON.stringify(record, null, 2);
  const shown = make('pre', '', ...coloured(json));
  shown.tabIndex = 0;
  shown.setAttribute('aria-label', 'The record in JSON');
  const copy = makeButton('button', () => copyText(json, copy, shown), 'Copy JSON');
  return make('div', 'whole', copy, shown);
}

/** The JSON in pieces, values in elements of their kind; keys and punctuation stay plain. */
function* coloured(json) {
  const token = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|true|false|null/g;
  let done = 0;
  for (const match of json.matchAll(token)) {
    const [found, text, colon] = match;
    if (colon) continue;
    yield json.slice(done, match.index);
    yield make('span', text ? 'text' : /\d/.test(found) ? 'number' : 'word', found);
    done = match.index + found.length;
  }
  yield json.slice(done);
}
