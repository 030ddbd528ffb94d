// A clock's length as people say it: a number of minutes, hours or working days.
export type Unit = 'minutes' | 'hours' | 'days'
export const UNITS: Unit[] = ['minutes', 'hours', 'days']
export interface Length { amount: number; unit: Unit }

export const MOST: Record<Unit, number> = { minutes: 100_000, hours: 10_000, days: 1000 }

/** PT90M of 90 minutes; null where it is no length a clock may have. */
export function toIso({ amount, unit }: Length): string | null {
  if (!Number.isInteger(amount) || amount < 1 || amount > MOST[unit]) return null
  return unit === 'days' ? `P${amount}D` : `PT${amount}${unit === 'hours' ? 'H' : 'M'}`
}

/** The largest unit that says it without a rest; null where working days and hours are mixed, or there are seconds. */
export function fromIso(iso: string): Length | null {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(iso)
  if (!match) return null
  const [days, hours, minutes] = [1, 2, 3].map((at) => Number(match[at] ?? 0)) as [number, number, number]
  const time = hours * 60 + minutes
  if (days > 0) return time === 0 ? { amount: days, unit: 'days' } : null
  if (time === 0) return null
  return time % 60 === 0 ? { amount: time / 60, unit: 'hours' } : { amount: time, unit: 'minutes' }
}

/** A clock's name without the length that its drawing adds to it: 受理时限（默认30分钟）. */
export const bareName = (name: string): string => name.replace(/\s*[（(](?:默认[^（()）]*|[^（()）]*\bdefault\b[^（()）]*)[)）]$/i, '')
