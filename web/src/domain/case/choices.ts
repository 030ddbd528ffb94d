// The choices that the case's own fields have everywhere, as in processes/customer-acceptance/accept.form.json.
export const URGENCIES = ['normal', 'urgent', 'grave'] as const
export const SEVERITIES = ['1', '2', '3', '4'] as const
export const CATEGORIES = [
  'playback-stutter', 'vod-failure', 'live-black-screen', 'login-failure', 'portal', 'billing', 'remote-teaching', 'terminal', 'device-offline',
  'network', 'storage', 'account', 'consultation', 'other',
] as const
export const STATES = ['open', 'waiting', 'archived', 'cancelled'] as const
