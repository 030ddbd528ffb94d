// The engine's pure core beside another engine, in one run: a chain of six user tasks and three gateways from its start
// to its end, in memory, one thread. ./run bench, or KEEPWORD_BENCH=… node bench/engine.mjs
// Environment: SECONDS_EACH how long each is measured (3), ROUNDS how often in turn (3).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';

const path = (relative) => new URL(relative, import.meta.url).pathname;
const bench = process.env.KEEPWORD_BENCH ?? path('../build/bench/keepword_bench');
const peer = path('../../shared/peers/bpmn/bench.js');
const folder = path('../build/peers/bpmn');
const seconds = Number(process.env.SECONDS_EACH ?? 3);
const rounds = Number(process.env.ROUNDS ?? 3);

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

function ours() {
  const told = execFileSync(bench, ['--benchmark_filter=^instances_of_a_chain$', `--benchmark_min_time=${seconds}`, '--benchmark_format=json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(told).benchmarks[0];
}
// `parse`: the file is read for every instance, as its manual shows; `shared`: read once.
const theirs = (way) => Number(execFileSync(process.execPath, [peer, way, String(seconds)], { cwd: folder, encoding: 'utf8' }).split(' ')[0]);

if (!existsSync(bench)) {
  console.error('There is nothing to measure: ./run bench builds it, or set KEEPWORD_BENCH.');
  process.exit(3);
}
if (!existsSync(peer)) {
  const { instances, allocations_per_step } = ours();
  console.log(`  instances/s ${Math.round(instances)}, allocations per step ${allocations_per_step.toFixed(1)}; the peer's script is not beside this checkout`);
  process.exit(0);
}
if (!existsSync(`${folder}/node_modules/bpmn-engine`)) {
  mkdirSync(folder, { recursive: true });
  execFileSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--silent', 'bpmn-engine@25.0.1', 'bpmn-moddle@10.3.1', 'moddle-context-serializer@4.4.1'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
// In turn, so that what else the machine does meets all of them.
const measured = { ours: [], parse: [], shared: [] };
let allocations = 0;
for (let i = 0; i < rounds; ++i) {
  const mine = ours();
  measured.ours.push(mine.instances);
  allocations = mine.allocations_per_step;
  for (const way of ['parse', 'shared']) measured[way].push(theirs(way));
}
const [a, b, c] = ['ours', 'parse', 'shared'].map((way) => median(measured[way]));
console.log('  a chain of six user tasks and three gateways, in memory, one thread');
console.log(`  keepword                     ${Math.round(a)} instances/s, ${allocations.toFixed(1)} allocations per step`);
console.log(`  bpmn-engine, file each time  ${b.toFixed(1)} instances/s: ${Math.round(a / b)} times`);
console.log(`  bpmn-engine, file once       ${c.toFixed(1)} instances/s: ${Math.round(a / c)} times`);
