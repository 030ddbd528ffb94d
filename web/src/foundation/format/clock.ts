// The present as the server has it: an office PC whose clock is ten minutes off must not show a promise as broken.
let ahead = 0

/** Learns from an answer's Date header how far this machine's clock is off; less than some seconds is the way's time. */
export function learn(date: string | null): void {
  const server = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(server)) return
  const difference = server - Date.now()
  ahead = Math.abs(difference) > 5000 ? difference : 0
}
export const present = (): number => Date.now() + ahead
