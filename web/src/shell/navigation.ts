import { computed } from 'vue'
import type { IconName } from '@/foundation/ui/icons'
import { may } from '@/foundation/session'

export interface Place { to: string; text: string; icon: IconName; right: string | null; group: 'work' | 'manage'; key?: string }

// In the order of how often people go there; a right that is missing hides the place.
const PLACES: Place[] = [
  { to: '/', text: 'shell.nav.workbench', icon: 'tasks', right: null, group: 'work', key: 'w' },
  { to: '/hotline', text: 'shell.nav.hotline', icon: 'phone', right: 'hotline.take', group: 'work', key: 'h' },
  { to: '/cases', text: 'shell.nav.cases', icon: 'cases', right: null, group: 'work', key: 'c' },
  { to: '/knowledge', text: 'shell.nav.knowledge', icon: 'book', right: 'cases.read', group: 'work', key: 'b' },
  { to: '/places', text: 'shell.nav.places', icon: 'places', right: 'customers.read', group: 'manage', key: 'o' },
  { to: '/import', text: 'shell.nav.import', icon: 'upload', right: 'customers.manage', group: 'manage', key: 'i' },
  { to: '/people', text: 'shell.nav.people', icon: 'people', right: 'people.read', group: 'manage', key: 'p' },
  { to: '/calendars', text: 'shell.nav.calendars', icon: 'calendar', right: 'calendars.read', group: 'manage', key: 'k' },
  { to: '/processes', text: 'shell.nav.processes', icon: 'process', right: 'processes.read', group: 'manage', key: 'f' },
  { to: '/mailboxes', text: 'shell.nav.mailboxes', icon: 'mailbox', right: 'mailboxes.manage', group: 'manage', key: 'm' },
  { to: '/settings', text: 'shell.nav.settings', icon: 'settings', right: 'settings.manage', group: 'manage', key: 's' },
  { to: '/audit', text: 'shell.nav.audit', icon: 'audit', right: 'audit.read', group: 'manage', key: 'a' },
]

export const places = computed(() => PLACES.filter((place) => place.right === null || may(place.right)))
