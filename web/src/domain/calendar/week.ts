// The hours of a working week, as people type them.
import type { Week } from '@/contract/types'
import { locale } from '@/foundation/i18n'

export const WEEKDAYS = ['1', '2', '3', '4', '5', '6', '7'] as const
const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$|^24:00$/
const RANGE = /^\s*(\d{1,2}:\d{2})\s*[-–—~～至]\s*(\d{1,2}:\d{2})\s*$/

/** 08:30–12:00，13:30–17:30, with the comma of the reader's language. */
export const hoursText = (ranges: readonly (readonly string[])[]): string => ranges.map(([from, to]) => `${from}–${to}`).join(locale.value === 'zh' ? '，' : ', ')

const padded = (time: string): string => (time.length === 4 ? `0${time}` : time)

/** The ranges of a text like the one above; null where it cannot be read or its times are out of order. */
export function parseHours(text: string): [string, string][] | null {
  const parts = text.split(/[，,、;；]/).map((part) => part.trim()).filter(Boolean)
  const ranges: [string, string][] = []
  for (const part of parts) {
    const match = RANGE.exec(part)
    if (!match || !TIME.test(match[1]!) || !TIME.test(match[2]!)) return null
    const from = padded(match[1]!)
    const to = padded(match[2]!)
    const before = ranges.at(-1)?.[1] ?? '00:00'
    if (from >= to || from < before) return null
    ranges.push([from, to])
  }
  return ranges
}

export type WeekTexts = Record<(typeof WEEKDAYS)[number], string>
export const toTexts = (week: Week): WeekTexts => Object.fromEntries(WEEKDAYS.map((day) => [day, hoursText(week[day] ?? [])])) as WeekTexts

/** The week of such texts; the days that cannot be read where there are any. */
export function fromTexts(texts: WeekTexts): { week: Week; wrong: string[] } {
  const week: Week = {}
  const wrong: string[] = []
  for (const day of WEEKDAYS) {
    const ranges = parseHours(texts[day])
    if (ranges) week[day] = ranges
    else wrong.push(day)
  }
  return { week, wrong }
}
