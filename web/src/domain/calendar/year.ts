// A year's days by what they are: working, free, holiday, or a weekend day that is worked (调休).
import type { HolidayYear } from '@/contract/types'
import { DAY } from '@/foundation/format/time'

export type DayKind = 'work' | 'weekend' | 'holiday' | 'shifted-workday'
export interface YearDay { day: string; number: number; weekday: number; kind: DayKind; name_zh: string | null; name_en: string | null }
export interface Month { month: number; offset: number; days: YearDay[] }

type Days = Pick<HolidayYear, 'off' | 'work'>

/** The twelve months; `offset` is how many empty places stand before the first day, weeks beginning on Monday. */
export function monthsOf(year: number, data: Days | null): Month[] {
  const worked = new Set(data?.work)
  const months: Month[] = Array.from({ length: 12 }, (_, month) => ({ month, offset: (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7, days: [] }))
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += DAY) {
    const date = new Date(at)
    const day = date.toISOString().slice(0, 10)
    const weekday = date.getUTCDay()
    const off = data?.off.find((range) => range.from <= day && day <= range.to)
    const kind: DayKind = worked.has(day) ? 'shifted-workday' : off ? 'holiday' : weekday === 0 || weekday === 6 ? 'weekend' : 'work'
    months[date.getUTCMonth()]!.days.push({ day, number: date.getUTCDate(), weekday, kind, name_zh: off?.name_zh ?? null, name_en: off?.name_en ?? null })
  }
  return months
}

export type YearError = 'order' | 'year' | 'name' | 'weekday' | 'overlap'
/** What is wrong with an edited year, by the row it concerns (`off` rows by number, `work` rows by day). */
export function yearErrors(year: number, data: Days): Map<string, YearError> {
  const found = new Map<string, YearError>()
  const inYear = (day: string): boolean => day.startsWith(`${year}-`)
  data.off.forEach((range, i) => {
    if (!inYear(range.from) || !inYear(range.to)) found.set(`off.${i}`, 'year')
    else if (range.from > range.to) found.set(`off.${i}`, 'order')
    else if (range.name_zh.trim() === '') found.set(`off.${i}`, 'name')
    else if (data.off.some((other, j) => j < i && other.from <= range.to && range.from <= other.to)) found.set(`off.${i}`, 'overlap')
  })
  for (const day of data.work) {
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
    if (!inYear(day)) found.set(`work.${day}`, 'year')
    else if (weekday !== 0 && weekday !== 6) found.set(`work.${day}`, 'weekday')
    else if (data.off.some((range) => range.from <= day && day <= range.to)) found.set(`work.${day}`, 'overlap')
  }
  return found
}
