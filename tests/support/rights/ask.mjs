// Asks many questions at a time and says which answers were not the expected ones.

// All that an answer says, but for when: what may not be seen must read like what is not there, to the last header.
async function read(answer) {
  const headers = [...answer.headers].filter(([name]) => name !== 'date').map(([name, value]) => `${name}: ${value}`).sort();
  let text = '';
  if (answer.headers.get('content-type')?.startsWith('text/event-stream')) await answer.body.cancel();
  else text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
  return { status: answer.status, headers, text };
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
  const headers = { ...(match ? { 'if-match': match } : {}), ...(raw !== undefined ? { 'content-type': 'application/octet-stream', 'x-file-name': 'x.txt' } : {}) };
  return read(await actor.session.fetch(route.method, path, { headers, raw, body: sends && raw === undefined ? (body ?? {}) : undefined }));
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
