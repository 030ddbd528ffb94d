/** What somebody types as a variable's value: a number, a list, true … as JSON says it, anything else as text. */
export function asValue(typed: string): unknown {
  try {
    return JSON.parse(typed)
  } catch {
    return typed
  }
}
