// Asks many questions at a time and says which answers were not the expected ones.

import { Agent, request } from 'node:http';

// Tens of thousands of questions: plain HTTP over kept connections costs half of what fetch() does.
const agent = new Agent({ keepAlive: true, maxSockets: 8 });


// All that an answer says, but for when: what may not be seen must read like what is not there, to the last header.
function send(url, method, headers, body) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (answer) => {
      const chunks = [];
      const done = () => resolve({
        status: answer.statusCode, text: Buffer.concat(chunks).toString('latin1'),
        headers: Object.entries(answer.headers).filter(([name]) => name !== 'date').map(([name, value]) => `${name}: ${value}`).sort(),
      });
      // A stream has no end; that it begins is the answer.
      if (answer.headers['content-type']?.startsWith('text/event-stream')) {
        done();
        answer.destroy();
        return;
      }
      answer.on('data', (chunk) => chunks.push(chunk)).on('end', done).on('error', reject);
    });
    sent.on('error', reject).end(body);
  });
}

const codeOf = ({ text }) => {
  try {
    return JSON.parse(Buffer.from(text, 'latin1').toString()).code;
  } catch {
    return undefined;
  }
};

export async function ask({ actor, route, path, body, raw, match }) {
  const sends = body !== undefined || raw !== undefined || route.takesJson;
  const { session } = actor;
  const text = raw ?? (sends ? JSON.stringify(body ?? {}) : undefined);
  const headers = {
    ...(session.token ? { authorization: `Bearer ${session.token}` } : session.cookie ? { cookie: session.cookie, 'x-csrf-token': session.csrf } : {}),
    ...(match ? { 'if-match': match } : {}),
    ...(raw !== undefined ? { 'content-type': 'application/octet-stream', 'x-file-name': 'x.txt' } : sends ? { 'content-type': 'application/json' } : {}),
    ...(text !== undefined ? { 'content-length': Buffer.byteLength(text) } : {}),
  };
  return send(`${session.centre.url}/api/v1${path}`, route.method, headers, text);
}

export const named = ({ actor, route, path }) => `${actor.name}: ${route.method} ${path}`;

export async function answer(all, wrong) {
  const same = new Map();
  const likes = async (question) => {
    const key = `${question.actor.name} ${question.route.method} ${question.like}`;
    if (!same.has(key)) same.set(key, ask({ ...question, path: question.like }));
    return same.get(key);
  };
  const rest = [...all];
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let question = rest.pop(); question; question = rest.pop()) {
      const got = await ask(question);
      const { status, code } = question.expect;
      if (!status.includes(got.status) || (code && codeOf(got) !== code)) {
        wrong.push(`${named(question)}: ${got.status} ${codeOf(got) ?? ''}, expected ${status} ${code ?? ''}`);
        continue;
      }
      if (!question.like) continue;
      const other = await likes(question);
      if (JSON.stringify(got) !== JSON.stringify(other)) wrong.push(`${named(question)} reads otherwise than ${question.like}: ${JSON.stringify(got)} ${JSON.stringify(other)}`);
    }
  }));
  return all.length;
}
