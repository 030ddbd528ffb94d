// Process files for scenarios, short.

// A process file with one lane, in which every node stands. `beside` are messages, signals and errors.
export function bpmn(key, { nodes, flows, beside = '', role = 'network-engineer' }) {
  const ids = [...nodes.matchAll(/<(\w+) id="([\w-]+)"/g)].filter(([, tag]) => /Task|Event$|Gateway|subProcess|callActivity/.test(tag)).map(([, , id]) => id);
  const lines = flows.map(([from, to, condition], i) =>
    `<sequenceFlow id="f${i}" name="去${i}" kw:nameEn="To ${i}" sourceRef="${from}" targetRef="${to}">${condition ? `<conditionExpression>${condition}</conditionExpression>` : ''}</sequenceFlow>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kw="urn:keepword" id="d" targetNamespace="urn:test">
${beside}
<process id="${key}" name="试验流程" kw:nameEn="Trial" isExecutable="true">
<laneSet id="lanes"><lane id="lane" name="网管" kw:nameEn="Network" kw:role="${role}">${ids.map((id) => `<flowNodeRef>${id}</flowNodeRef>`).join('')}</lane></laneSet>
${nodes}
${lines.join('\n')}
</process></definitions>`;
}
export const task = (id, inside = '') => `<userTask id="${id}" name="${id}" kw:nameEn="${id}">${inside}</userTask>`;
