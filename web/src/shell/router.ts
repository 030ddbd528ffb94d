import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { loadSession, me } from '@/foundation/session'

// Each screen is a chunk of its own: nobody waits for one they do not open.
const routes: RouteRecordRaw[] = [
  { path: '/sign-in', name: 'sign-in', component: () => import('./SignIn.vue'), meta: { open: true } },
  { path: '/forgotten', name: 'forgotten', component: () => import('./Forgotten.vue'), meta: { open: true } },
  { path: '/first-run', name: 'first-run', component: () => import('./FirstRun.vue'), meta: { open: true } },
  {
    path: '/',
    component: () => import('./Frame.vue'),
    children: [
      { path: '', name: 'workbench', component: () => import('@/domain/task/Workbench.vue') },
      { path: 'hotline', name: 'hotline', component: () => import('@/domain/hotline/Hotline.vue') },
      { path: 'cases', name: 'cases', component: () => import('@/domain/case/CaseList.vue') },
      { path: 'cases/:id', name: 'case', component: () => import('@/domain/case/CaseScreen.vue'), props: true },
      { path: 'search', name: 'search', component: () => import('@/domain/search/SearchScreen.vue') },
      { path: 'knowledge', name: 'knowledge', component: () => import('@/domain/knowledge/KnowledgeList.vue') },
      { path: 'knowledge/new', name: 'article-new', component: () => import('@/domain/knowledge/ArticleEditor.vue') },
      { path: 'knowledge/:id', name: 'article', component: () => import('@/domain/knowledge/ArticleScreen.vue'), props: true },
      { path: 'knowledge/:id/edit', name: 'article-edit', component: () => import('@/domain/knowledge/ArticleEditor.vue'), props: true },
      { path: 'people', name: 'people', component: () => import('@/domain/people/PeopleScreen.vue') },
      { path: 'people/:id', name: 'person', component: () => import('@/domain/people/PersonScreen.vue'), props: true },
      { path: 'places', redirect: '/places/organisations' },
      { path: 'places/:kind(organisations|sites|assets|terminals)', name: 'places', component: () => import('@/domain/place/PlacesScreen.vue'), props: true },
      { path: 'import/:kind(people|customers|sites|assets|terminals)?', name: 'import', component: () => import('@/domain/import/ImportScreen.vue'), props: true },
      { path: 'calendars', name: 'calendars', component: () => import('@/domain/calendar/CalendarScreen.vue') },
      { path: 'processes', name: 'processes', component: () => import('@/domain/process/ProcessList.vue') },
      { path: 'processes/:id', name: 'process', component: () => import('@/domain/process/ProcessScreen.vue'), props: true },
      { path: 'mailboxes', name: 'mailboxes', component: () => import('@/domain/mailbox/MailboxScreen.vue') },
      { path: 'settings', name: 'settings', component: () => import('@/domain/setting/SettingsScreen.vue') },
      { path: 'audit', name: 'audit', component: () => import('@/domain/audit/AuditScreen.vue') },
      { path: 'me', name: 'account', component: () => import('./account/AccountScreen.vue') },
      { path: ':rest(.*)*', name: 'missing', component: () => import('./Missing.vue') },
    ],
  },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

router.beforeEach(async (to) => {
  if (to.meta.open) return true
  // A server out of reach is shown by the shell, not by a bounced address.
  try { await loadSession() } catch { return true }
  return me.value ? true : { name: 'sign-in', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
})
