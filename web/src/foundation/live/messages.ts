// What the event stream says, as it travels from the shared worker to the tabs.
export type LiveEvent =
  | { name: 'case'; data: { case: string; what: string } }
  | { name: 'task'; data: { task: string; case: string; what: string } }
  | { name: 'notice'; data: { text_zh: string; text_en: string; case?: string | null } }
  | { name: 'reset'; data: object }
  | { name: 'connected'; data: object }
  | { name: 'lost'; data: object }
  | { name: 'refused'; data: object }

export const NAMES = ['case', 'task', 'notice', 'reset'] as const
