// Files as spreadsheets write them, put together by hand, so that a test says exactly what is odd about each.
import { crc32, deflateRawSync } from 'node:zlib';

// ---- zip -----------------------------------------------------------------------------------------------------------
const number = (size, value) => { const out = Buffer.alloc(size); size === 4 ? out.writeUInt32LE(value >>> 0) : out.writeUInt16LE(value); return out; };
const short = (value) => number(2, value);
const long = (value) => number(4, value);

// `entries`: [name, content, { method, flags }].
export function zip(entries) {
  const bodies = [];
  const heads = [];
  let at = 0;
  for (const [name, content, { flags = 0x800, stored = false } = {}] of entries) {
    const bytes = Buffer.from(content);
    const packed = stored ? bytes : deflateRawSync(bytes);
    const common = Buffer.concat([short(20), short(flags), short(stored ? 0 : 8), long(0x5a210000), long(crc32(bytes)), long(packed.length), long(bytes.length), short(Buffer.byteLength(name))]);
    bodies.push(Buffer.from('PK\x03\x04'), common, short(0), Buffer.from(name), packed);
    heads.push(Buffer.from('PK\x01\x02'), short(20), common, short(0), short(0), short(0), short(0), long(0), long(at), Buffer.from(name));
    at += 30 + Buffer.byteLength(name) + packed.length;
  }
  const directory = Buffer.concat(heads);
  return Buffer.concat([...bodies, directory, Buffer.from('PK\x05\x06'), short(0), short(0), short(entries.length), short(entries.length), long(directory.length), long(at), short(0)]);
}

// ---- xlsx ----------------------------------------------------------------------------------------------------------
export const escaped = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const letters = (column) => (column < 26 ? '' : letters(Math.floor(column / 26) - 1)) + String.fromCharCode(65 + (column % 26));
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

// A cell: a text, a number, or the XML of what is between <c …> and </c> with its attributes: { t, s, xml }.
function cell(value, place) {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'number') return `<c r="${place}"><v>${value}</v></c>`;
  if (typeof value === 'object') return `<c r="${place}"${value.t ? ` t="${value.t}"` : ''}${value.s ? ` s="${value.s}"` : ''}>${value.xml}</c>`;
  return `<c r="${place}" t="inlineStr"><is><t>${escaped(value)}</t></is></c>`;
}
export const sheetOf = (rows, after = '') => `${head}<worksheet ${main}><sheetData>${rows.map((row, i) => (row.length === 0 ? '' : `<row r="${i + 1}">${row.map((value, j) => cell(value, letters(j) + (i + 1))).join('')}</row>`)).join('')}</sheetData>${after}</worksheet>`;
export const shared = (i) => ({ t: 's', xml: `<v>${i}</v>` });
// A day by its format: the second style of the workbook is yyyy/m/d, the third 2026年1月2日.
export const day = (serial, s = 1) => ({ s, xml: `<v>${serial}</v>` });

// The parts of a workbook, to be changed before they are packed. `sheets`: [name, XML, state].
export function parts({ sheets, strings = [], since1904 = false, more = [] }) {
  const relations = sheets.map((_, i) => `<Relationship Id="rId${i + 1}" Type="${office}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`).join('');
  return [
    ['[Content_Types].xml', `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`],
    ['_rels/.rels', `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
    ['xl/workbook.xml', `${head}<workbook ${main} xmlns:r="${office}"><workbookPr${since1904 ? ' date1904="1"' : ''}/><sheets>${sheets.map(([name, , state], i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}"${state ? ` state="${state}"` : ''} r:id="rId${i + 1}"/>`).join('')}</sheets></workbook>`],
    ['xl/_rels/workbook.xml.rels', `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${relations}<Relationship Id="rId90" Type="${office}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId91" Type="${office}/styles" Target="styles.xml"/></Relationships>`],
    ['xl/sharedStrings.xml', `${head}<sst ${main}>${strings.map((text) => `<si>${text.startsWith('<') ? text : `<t xml:space="preserve">${escaped(text)}</t>`}</si>`).join('')}</sst>`],
    ['xl/styles.xml', `${head}<styleSheet ${main}><numFmts count="1"><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/></numFmts><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="176" applyNumberFormat="1"/></cellXfs></styleSheet>`],
    ...sheets.map(([, xml], i) => [`xl/worksheets/sheet${i + 1}.xml`, xml]), ...more,
  ];
}
export const xlsx = (rows, { after, ...rest } = {}) => zip(parts({ sheets: [['Sheet1', sheetOf(rows, after)]], ...rest }));

// ---- csv -----------------------------------------------------------------------------------------------------------
export const csv = (rows, { separator = ',', end = '\r\n' } = {}) => rows.map((row) => row.map((value) => (/[",;\t\r\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : value)).join(separator) + end).join('');

let gb;
// Text in GB18030, by the decoder turned round: its two-byte characters are enough for Chinese.
export function gb18030(text) {
  if (!gb) {
    gb = new Map();
    const decoder = new TextDecoder('gb18030');
    for (let lead = 0x81; lead <= 0xfe; ++lead) for (let trail = 0x40; trail <= 0xfe; ++trail) if (trail !== 0x7f) gb.set(decoder.decode(Uint8Array.of(lead, trail)), [lead, trail]);
  }
  return Buffer.from([...text].flatMap((character) => (character < '\x80' ? [character.charCodeAt(0)] : gb.get(character))));
}
