// What a test needs to know about a BPMN file: read with a plain scan of its tags, so that it shares nothing with the
// program it tests.
export function readModel(xml) {
  const elements = new Map()  // id → { type, parent, attributes, definitions }
  const stack = []
  const scopes = []
  for (const [, close, name, text, alone] of xml.matchAll(/<(\/?)([\w:]+)((?:\s+[\w:.]+="[^"]*")*)\s*(\/?)>/g)) {
    const type = name.split(':').pop()
    if (close) {
      if (stack.at(-1)?.opensScope) scopes.pop()
      stack.pop()
      continue
    }
    const attributes = Object.fromEntries([...text.matchAll(/([\w:.]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]))
    const element = { type, attributes, parent: scopes.at(-1) ?? '', definitions: [], opensScope: false }
    const isOfModel = !/^(bpmndi|dc|di|omgd[ci])$/.test(name.split(':')[0]) || !name.includes(':')
    if (isOfModel && attributes.id) elements.set(attributes.id, element)
    if (type.endsWith('EventDefinition')) stack.at(-1)?.definitions.push(type)
    element.opensScope = !alone && ['process', 'subProcess', 'transaction'].includes(type)
    if (element.opensScope) scopes.push(type === 'process' ? '' : attributes.id)
    if (!alone) stack.push(element)
  }
  return new Model(elements)
}

class Model {
  constructor(elements) {
    this.elements = elements
    this.flows = [...elements.values()].filter((e) => e.type === 'sequenceFlow').map((e) => e.attributes)
    this.reached = new Map()
  }
  type(id) {
    return this.elements.get(id)?.type
  }
  parent(id) {
    return this.elements.get(id)?.parent ?? ''
  }
  isProcess(id) {
    return ['process', 'participant'].includes(this.type(id))
  }
  isMessageFlow(id) {
    return this.type(id) === 'messageFlow'
  }
  isTerminate(id) {
    return this.elements.get(id)?.definitions.includes('terminateEventDefinition')
  }
  isEventSubProcess(id) {
    return this.elements.get(id)?.attributes.triggeredByEvent === 'true'
  }
  // A flow out of an event-based gateway.
  isBehindEventGateway(id) {
    return this.type(id) === 'sequenceFlow' && this.type(this.elements.get(id).attributes.sourceRef) === 'eventBasedGateway'
  }
  isSignalledOnly(id) {
    const waitsAtGateway = this.flows.some((f) => f.targetRef === id && this.type(f.sourceRef) === 'eventBasedGateway')
    const { type, definitions } = this.elements.get(id) ?? { definitions: [] }
    const link = type === 'intermediateCatchEvent' && definitions.includes('linkEventDefinition')
    return ['startEvent', 'boundaryEvent'].includes(type) || this.isEventSubProcess(id) || waitsAtGateway || link
  }
  interrupts(id, activity) {
    const { attachedToRef, cancelActivity } = this.elements.get(id)?.attributes ?? {}
    return attachedToRef === activity && cancelActivity !== 'false'
  }
  // Plain tasks that a message flow leads to: the tool lets them wait for the message, by the standard they pass.
  plainTasksWithMessages() {
    const targets = [...this.elements.values()].filter((e) => e.type === 'messageFlow').map((e) => e.attributes.targetRef)
    return targets.filter((id) => this.type(id) === 'task')
  }
  leadsTo(from, to) {
    if (!this.reached.has(from)) this.reached.set(from, this.allFrom(from))
    return this.reached.get(from).has(to)
  }
  allFrom(from) {
    const seen = new Set()
    const todo = [from]
    while (todo.length) {
      const id = todo.pop()
      const boundary = [...this.elements].filter(([, e]) => e.attributes.attachedToRef === id).map(([other]) => other)
      const out = this.flows.filter((f) => f.sourceRef === id).flatMap((f) => [f.id, f.targetRef])
      const target = this.type(id) === 'sequenceFlow' ? [this.elements.get(id).attributes.targetRef] : []
      for (const next of [...boundary, ...out, ...target]) {
        if (!seen.has(next)) seen.add(next) && todo.push(next)
      }
    }
    return seen
  }
}
