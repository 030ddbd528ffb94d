/** 1.2 MB; file sizes in powers of 1000, as file managers show them. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB']
  let value = bytes / 1000
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit += 1 }
  return `${value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
