// What somebody hears from GET /events.

// Reads a stream to its end: [{number, topic, data}].
export async function heard(answer) {
  const text = await answer.text();
  return text.split('\n\n').flatMap((block) => {
    const lines = Object.fromEntries(block.split('\n').filter((line) => /^\w+: /.test(line)).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
    return lines.event ? [{ number: lines.id, topic: lines.event, data: JSON.parse(lines.data) }] : [];
  });
}
export const listen = (session, after) => session.fetch('GET', '/events', { headers: after ? { 'last-event-id': after } : {} });

// The number behind which all that is still to come will be.
export async function position(session) {
  const answer = await listen(session);
  const reader = answer.body.getReader();
  let text = '';
  while (!/id: \d+/.test(text)) text += new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();
  return /id: (\d+)/.exec(text)[1];
}
