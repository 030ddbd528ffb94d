// Instants, days and lengths as an office writes them. All in the centre's own time zone, whatever the browser's: a
// deadline is a matter of the centre's calendar.
import { locale } from '../i18n'
import { present } from './clock'

export const ZONE_OFFSET = 8 * 3_600_000 // China has one zone and no summer time
export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000

const WEEKDAYS = { zh: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'], en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] }
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (n: number): string => String(n).padStart(2, '0')

export type When = string | number
export const ms = (when: When): number => (typeof when === 'number' ? when : Date.parse(when))
/** The centre's wall clock, read through the UTC getters. */
const wall = (when: When): Date => new Date(ms(when) + ZONE_OFFSET)
const dayNumber = (when: When): number => Math.floor((ms(when) + ZONE_OFFSET) / DAY)

/** 2025-11-22 of an instant. */
export const dayOf = (when: When): string => wall(when).toISOString().slice(0, 10)
/** 14:30 */
export const clockTime = (when: When): string => `${two(wall(when).getUTCHours())}:${two(wall(when).getUTCMinutes())}`

function monthDay(date: Date, now: When): string {
  const sameYear = date.getUTCFullYear() === wall(now).getUTCFullYear()
  if (locale.value === 'zh') {
    const text = `${date.getUTCMonth() + 1}月${date.getUTCDate()}日`
    return sameYear ? text : `${date.getUTCFullYear()}年${text}`
  }
  const text = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`
  return sameYear ? text : `${text} ${date.getUTCFullYear()}`
}

const NEAR: Record<'zh' | 'en', Record<number, string>> = {
  zh: { 0: '今天', [-1]: '昨天', 1: '明天' },
  en: { 0: 'today', [-1]: 'yesterday', 1: 'tomorrow' },
}

/** 今天 14:30 · 11月22日 14:30 · 2024年11月22日 14:30 */
export function moment(when: When | null | undefined, now: When = present()): string {
  if (when === null || when === undefined) return ''
  const near = NEAR[locale.value][dayNumber(when) - dayNumber(now)]
  return `${near ?? monthDay(wall(when), now)} ${clockTime(when)}`
}

/** The full instant, for titles and papers: 2025年11月22日 周六 14:30 */
export function fullMoment(when: When): string {
  const date = wall(when)
  const weekday = WEEKDAYS[locale.value][date.getUTCDay()]
  if (locale.value === 'zh') return `${date.getUTCFullYear()}年${date.getUTCMonth() + 1}月${date.getUTCDate()}日 ${weekday} ${clockTime(when)}`
  return `${weekday} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${clockTime(when)}`
}

/** 11月22日 周六 of a calendar day (YYYY-MM-DD). */
export function dayText(day: string, now: When = present()): string {
  const date = new Date(`${day}T00:00:00Z`)
  return `${monthDay(date, now)} ${WEEKDAYS[locale.value][date.getUTCDay()]}`
}

export const weekdayName = (weekday: number): string => WEEKDAYS[locale.value][weekday % 7] ?? ''
export const monthName = (month: number): string => (locale.value === 'zh' ? `${month + 1}月` : (MONTHS[month] ?? ''))

/** 2 小时 10 分 · 3 天 4 小时 · 45 秒; never more than two units, as nobody reads a third. */
export function span(length: number): string {
  const zh = locale.value === 'zh'
  const seconds = Math.max(0, Math.floor(length / 1000))
  const parts: [number, string, string][] = [
    [Math.floor(seconds / 86_400), '天', 'd'], [Math.floor(seconds / 3600) % 24, '小时', 'h'],
    [Math.floor(seconds / 60) % 60, '分', 'min'], [seconds % 60, '秒', 's'],
  ]
  const first = parts.findIndex(([n]) => n > 0)
  if (first < 0) return zh ? '0 秒' : '0 s'
  // Seconds matter only in the last ten minutes, hours only in the first ten days.
  const units = seconds < 864_000 ? 2 : 1
  const shown = parts.slice(first, first + units).filter(([n, unit]) => n > 0 && (unit !== '秒' || seconds < 600))
  return shown.map(([n, cn, en]) => `${n} ${zh ? cn : en}`).join(' ')
}

export type Pressure = 'none' | 'calm' | 'soon' | 'over'
/** How pressing a due time is; `soon` is the last hour. */
export function pressure(due: When | null, now: When): Pressure {
  if (due === null) return 'none'
  const left = ms(due) - ms(now)
  return left < 0 ? 'over' : left < HOUR ? 'soon' : 'calm'
}

/** 剩 2 小时 10 分 · 超时 35 分 */
export function remaining(due: When, now: When): string {
  const left = ms(due) - ms(now)
  if (locale.value === 'zh') return left < 0 ? `超时 ${span(-left)}` : `剩 ${span(left)}`
  return left < 0 ? `${span(-left)} over` : `${span(left)} left`
}

/** The length of a clock in words: PT30M → 30 分, P1D → 1 个工作日. */
export function lengthText(iso: string): string {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(iso)
  if (!match) return iso
  const zh = locale.value === 'zh'
  const [, d, h, m, s] = match
  const texts: string[] = []
  if (d) texts.push(zh ? `${d} 个工作日` : `${d} working ${d === '1' ? 'day' : 'days'}`)
  if (h) texts.push(zh ? `${h} 小时` : `${h} h`)
  if (m) texts.push(zh ? `${m} 分钟` : `${m} min`)
  if (s) texts.push(zh ? `${s} 秒` : `${s} s`)
  return texts.join(' ')
}

/** The instant of a wall-clock text as an input of type datetime-local gives it (2025-11-22T14:30). */
export const fromWall = (text: string): string => new Date(Date.parse(`${text}:00Z`) - ZONE_OFFSET).toISOString()
export const toWall = (when: When): string => wall(when).toISOString().slice(0, 16)
