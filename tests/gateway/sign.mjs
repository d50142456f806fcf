// Genuine callbacks, as the payment gateway would make them: bodies with everything that bodies may
// have, signed by JavaScript in the two ways that are published (arrays become objects by the
// function of the documentation; they stay by the client library).
//
//     node sign.mjs COUNT SEED SECRET
//
// prints COUNT lines of {"body": .., "signature": ..}. The same seed gives the same lines.

import { createHmac } from 'node:crypto';

const [count, seed, secret] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];

// Mulberry32: 32 bits of state, good enough to choose with.
let state = seed >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const one = (list) => list[below(list.length)];
const digits = (n) => Array.from({ length: n }, () => below(10)).join('');
const chance = (percent) => below(100) < percent;

// A number as text, in any spelling that JSON has.
function number() {
  const whole = one(['0', String(1 + below(9)), 1 + below(9) + digits(below(20))]);
  const sign = chance(4) ? '-' : '';
  const fraction = chance(60) ? `.${digits(1 + below(20))}` : '';
  const exponent = chance(15) ? one(['e', 'E']) + one(['', '+', '-']) + below(25) : '';
  return one([
    () => sign + whole + fraction + exponent,
    () => `0.${'0'.repeat(below(9))}${1 + below(9)}${digits(below(17))}`,
    () => one(['1e-7', '8.3e-05', '13.0', '-0', '0.0', '1E400', '9007199254740993', '0.000083']),
    () => String(random() * 10 ** (below(40) - 20)),
  ])();
}

const CHARACTERS = [
  'a', 'Z', '7', ' ', '/', '\\', '"', '<b>&', '\n', '\t', '\b', '\f', '\r', '\u0001', '\u001f', '\u007f',
  '\u00e9', '\u0416', '\u2028', '\uff61', '\u{1f600}', '\u{10ffff}', "'", '%', '\u0000',
];

// A text as it may be written in JSON: with escapes where they must be, and where they need not.
function text(length = below(12)) {
  const written = Array.from({ length }, () => {
    const character = one(CHARACTERS);
    if (chance(70)) return JSON.stringify(character).slice(1, -1);
    const unit = (c) => `\\u${c.toString(16).padStart(4, '0')}`;
    return Array.from({ length: character.length }, (_, at) => unit(character.charCodeAt(at))).join('');
  });
  return `"${written.join('')}"`;
}

const KEYS = ['10', '9', '01', '1', '4294967294', '4294967295', '-1', '__proto__', 'constructor', '\u{1f600}', '\uff61'];

// Members without a key twice, as [key as text, value as text].
function members(depth) {
  const found = new Map();
  for (let n = below(5); n > 0; n -= 1) {
    const key = chance(60) ? JSON.stringify(one(KEYS)) : text(1 + below(4));
    found.set(JSON.parse(key), [key, value(depth)]);
  }
  return [...found.values()];
}

let space = () => '';
const list = (open, items, close) =>
  open + space() + items.join(`${space()},${space()}`) + space() + close;
const object = (entries) =>
  list('{', entries.map(([key, written]) => `${key}${space()}:${space()}${written}`), '}');

function value(depth) {
  if (depth > 5 || chance(70)) {
    return one([number, number, text, () => 'null', () => 'true', () => 'false', () => '{}', () => '[]'])();
  }
  if (chance(50)) return object(members(depth + 1));
  return list('[', Array.from({ length: below(13) }, () => value(depth + 1)), ']');
}

function shuffled(entries) {
  const left = [...entries];
  return entries.map(() => left.splice(below(left.length), 1)[0]);
}

function body() {
  const spaced = chance(25);
  space = () => (spaced ? one(['', ' ', '\n', '\t ', '\r\n']) : '');
  const fee = object([
    ['"currency"', '"btc"'],
    ['"depositFee"', number()],
    ['"withdrawalFee"', number()],
    ['"serviceFee"', number()],
  ]);
  let entries = [
    ['"payment_id"', one([digits(1), `5${digits(9)}`, `1${digits(18)}`, `"5${digits(9)}"`])],
    ['"payment_status"', one(['"finished"', '"waiting"', '"partially_paid"', '"spending"', text()])],
    ['"price_amount"', number()],
    ['"price_currency"', '"usd"'],
    ['"pay_amount"', number()],
    ['"actually_paid"', one([number(), 'null', `"${Math.abs(Number(number())) || 0}"`])],
    ['"order_id"', one([`"dep_${digits(26)}"`, text(), 'null'])],
    ['"order_description"', one([text(), 'null'])],
    ['"payment_extra_ids"', one(['null', '[]', list('[', [`4${digits(9)}`, `5${digits(9)}`], ']')])],
    ['"fee"', one([fee, '{}'])],
    ['"updated_at"', `17${digits(11)}`],
    ['"more"', value(1)],
  ].filter(() => chance(90));
  const known = new Set(entries.map(([key]) => JSON.parse(key)));
  entries = entries.concat(members(1).filter(([key]) => !known.has(JSON.parse(key))));
  return object(chance(50) ? shuffled(entries) : entries);
}

// The function of the documentation: every object and array anew, with its keys in order.
function sorted(given) {
  const result = {};
  for (const key of Object.keys(given).sort()) {
    const inner = given[key];
    result[key] = inner && typeof inner === 'object' ? sorted(inner) : inner;
  }
  return result;
}

// The function of the client library: arrays stay.
function sortedDeep(given) {
  if (Array.isArray(given)) return given.map(sortedDeep);
  if (!given || typeof given !== 'object') return given;
  const result = {};
  for (const key of Object.keys(given).sort()) result[key] = sortedDeep(given[key]);
  return result;
}

for (let at = 0; at < count; at += 1) {
  const written = body();
  const canonical = JSON.stringify((at % 2 ? sortedDeep : sorted)(JSON.parse(written)));
  const signature = createHmac('sha512', secret).update(canonical).digest('hex');
  console.log(JSON.stringify({ body: written, signature }));
}
