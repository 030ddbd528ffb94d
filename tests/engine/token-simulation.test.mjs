// The engine held against test models from elsewhere: 120 cases of bpmn-js-token-simulation with expected traces, played
// by `keepword process simulate`. What matters is which elements and flows are entered and left, and in which order
// within one scope; how scopes are numbered, and how tokens that run side by side take turns, is the tool's own affair.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { binary as keepword } from '../support/centre.mjs'
import { readModel } from './model.mjs'

const root = new URL('../..', import.meta.url).pathname
const suite = join(root, '../shared/suites/token-simulation')
const run = promisify(execFile)

// The cases that are not passed, each with its reason; the others must pass, and these must not without being noticed.
const misses = JSON.parse(readFileSync(new URL('./token-simulation-misses.json', import.meta.url), 'utf8'))

const present = existsSync(join(suite, 'cases.json'))
if (!present && process.env.CI) throw new Error(`${suite} is not there`)

describe('token simulation', { skip: !present && 'the suite is not in this checkout' }, () => {
  const cases = JSON.parse(present ? readFileSync(join(suite, 'cases.json'), 'utf8') : '[]')
  const folder = mkdtempSync(join(tmpdir(), 'keepword-suite-'))
  const failed = []
  after(() => rmSync(folder, { recursive: true }))

  cases.forEach((given, index) => {
    const name = caseName(cases, index)
    test(`${name}${misses[name] ? ` (not passed: ${misses[name]})` : ''}`, async () => {
      const problem = await play(given, folder)
      if (problem) failed.push(name)
      if (!misses[name]) assert.equal(problem, '')
      else assert.notEqual(problem, '', 'passes by now: take it off the list of misses')
    })
  })

  test('the score is what is published', () => {
    const passed = cases.length - failed.length
    console.log(`token simulation: ${passed} of ${cases.length} passed`)
    assert.equal(cases.length - Object.keys(misses).length, passed)
    assert.ok(passed >= 84, `${passed} of ${cases.length}`)
  })
})

// Several cases play the same model: the second one is called NAME#2.
function caseName(cases, index) {
  const before = cases.slice(0, index).filter((c) => c.model === cases[index].model).length
  return before ? `${cases[index].model}#${before + 1}` : cases[index].model
}

// An empty text where every trace is as expected, else what is wrong.
async function play(given, folder) {
  const file = join(suite, 'models', `${given.model}.bpmn`)
  const model = readModel(readFileSync(file, 'utf8'))
  const events = model.plainTasksWithMessages().map((hold) => ({ hold }))
  const known = { waiting: new Map(), instanceOf: new Map(), instances: 0 }
  let seen = 0
  for (const step of given.steps) {
    if (!step.expect_trace) {
      events.push(eventOf(step))
      continue
    }
    const printed = await simulate(file, events, folder)
    if (printed.error) return printed.error
    const ours = ourTrace(printed.lines.slice(seen), model)
    const theirs = theirTrace(JSON.parse(readFileSync(join(suite, 'traces', `${step.expect_trace}.json`))), model, known)
    seen = printed.lines.length
    const problem = difference(ours, theirs, model)
    if (problem) return `${step.expect_trace}: ${problem}`
  }
  return ''
}

function eventOf(step) {
  if (step.trigger) return { trigger: step.trigger }
  if (step.take) return { choose: { at: step.at, flows: step.take } }
  return { hold: step.wait_at }
}

async function simulate(file, events, folder) {
  const path = join(folder, 'events.jsonl')
  writeFileSync(path, events.map((event) => JSON.stringify(event)).join('\n'))
  try {
    const { stdout } = await run(keepword, ['process', 'simulate', file, '--flows', '--events', path])
    return { lines: stdout.trim().split('\n').map((line) => JSON.parse(line)) }
  } catch (error) {
    return { error: `${error.stdout ?? ''}${error.stderr ?? error}`.slice(0, 500) }
  }
}

// Both sides as [{ scope, label }]: the scope is the instance of the process, and the element it is inside of.

// Where we and the tool differ by the standard, or in what we call it:
// - the tool leaves an activity that a boundary event interrupts, we cancel it;
// - a terminate end event and an event-based gateway are left here, and simply gone there;
// - the flow from an event-based gateway to what happened is taken here, and not there.
function ourTrace(lines, model) {
  const out = []
  lines.forEach(({ event, element, instance }, i) => {
    const interrupted = () =>
      lines.slice(i).some((line) => line.event === 'enter' && model.interrupts(line.element, element))
    const left = event === 'leave' || (event === 'cancel' && interrupted())
    if (event !== 'enter' && !left) return
    if (left && (model.isTerminate(element) || model.type(element) === 'eventBasedGateway')) return
    if (model.isBehindEventGateway(element)) return
    out.push({ scope: `${Math.floor(instance / 1e6)}/${model.parent(element)}`, label: `${left ? 'leave' : 'enter'} ${element}` })
  })
  return out
}

// `EVENT:ELEMENT:SCOPE`: of `enter` the scope it is in, of the others its own. A start, boundary event or event
// sub-process is signalled instead of entered. `known`, from one trace of a case to the next: in which scopes an element
// was created and has not been seen yet, and which instance of a process a scope belongs to.
function theirTrace(lines, model, known) {
  const out = []
  const { waiting, instanceOf } = known
  for (const line of lines) {
    const [event, element, scope] = line.split(':')
    if (event === 'createScope') {
      waiting.set(element, [...(waiting.get(element) ?? []), scope])
      continue
    }
    if (event !== 'enter' && !instanceOf.has(scope)) {
      const around = waiting.get(element)?.shift()
      instanceOf.set(scope, model.isProcess(element) ? known.instances++ : (instanceOf.get(around) ?? 0))
    }
    if (event === 'destroyScope' || model.isProcess(element) || model.isMessageFlow(element)) continue
    const enters = event === 'enter' || (event === 'signal' && model.isSignalledOnly(element))
    if (!enters && event !== 'exit') continue
    out.push({ scope: `${instanceOf.get(scope) ?? 0}/${model.parent(element)}`, label: `${enters ? 'enter' : 'leave'} ${element}` })
  }
  return out
}

function difference(ours, theirs, model) {
  const counted = (trace) => {
    const counts = {}
    for (const { scope, label } of trace) counts[`${scope} ${label}`] = (counts[`${scope} ${label}`] ?? 0) + 1
    return counts
  }
  const [a, b] = [counted(ours), counted(theirs)]
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => a[key] !== b[key])
  if (keys.length) return keys.map((key) => `${key}: ${a[key] ?? 0} times, not ${b[key] ?? 0}`).join('; ')
  return wrongOrder(ours, theirs, model)
}

// What happens once, and is ordered by the drawing, has the same order on both sides.
function wrongOrder(ours, theirs, model) {
  const place = (trace) => new Map(trace.map(({ scope, label }, i) => [`${scope} ${label}`, i]))
  const once = theirs.filter((x) => theirs.filter((y) => y.scope === x.scope && y.label === x.label).length === 1)
  const at = place(ours)
  for (const [i, x] of once.entries()) {
    for (const y of once.slice(i + 1)) {
      const [from, to] = [x.label.split(' ')[1], y.label.split(' ')[1]]
      // On a way that goes round, later is not always behind.
      const round = model.leadsTo(from, from) || model.leadsTo(to, to) || model.leadsTo(to, from)
      const ordered = x.scope === y.scope && (from === to || (model.leadsTo(from, to) && !round))
      if (ordered && at.get(`${x.scope} ${x.label}`) > at.get(`${y.scope} ${y.label}`)) return `${y.label} before ${x.label}`
    }
  }
  return ''
}
