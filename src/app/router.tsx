import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import type { CatalogueSearch } from '../features/catalogue/index.ts'
import type { StudiesSearch } from '../features/studies/index.ts'
import { Shell } from './Shell.tsx'

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined)
const present = <T extends Record<string, string | undefined>>(values: T): { [K in keyof T]?: string } => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string }

const root = createRootRoute()
const library = createRoute({ getParentRoute: () => root, id: 'library', component: Shell })
const home = createRoute({
  getParentRoute: () => root, path: '/', validateSearch: (search: Record<string, unknown>): { 'sign-in'?: 'expired' | 'failed' } => (search['sign-in'] === 'expired' || search['sign-in'] === 'failed' ? { 'sign-in': search['sign-in'] } : {}),
  component: lazyRouteComponent(() => import('./pages/library.tsx'), 'Welcome'),
})
const catalogue = createRoute({
  getParentRoute: () => library, path: '/catalogue',
  validateSearch: (search: Record<string, unknown>): CatalogueSearch => present({ text: text(search['text']), cancerType: text(search['cancerType']), modality: text(search['modality']), access: text(search['access']), node: text(search['node']), sort: text(search['sort']) }) as CatalogueSearch,
  component: lazyRouteComponent(() => import('./pages/library.tsx'), 'Catalogue'),
})
const dataset = createRoute({ getParentRoute: () => library, path: '/catalogue/$dataset', component: lazyRouteComponent(() => import('./pages/library.tsx'), 'Dataset') })
const requests = createRoute({ getParentRoute: () => library, path: '/requests', component: lazyRouteComponent(() => import('./pages/library.tsx'), 'Requests') })
const newRequest = createRoute({
  getParentRoute: () => library, path: '/requests/new', validateSearch: (search: Record<string, unknown>): { dataset: string } => ({ dataset: text(search['dataset']) ?? '' }),
  component: lazyRouteComponent(() => import('./pages/library.tsx'), 'NewRequest'),
})
const myData = createRoute({ getParentRoute: () => library, path: '/my-data', component: lazyRouteComponent(() => import('./pages/library.tsx'), 'MyData') })
const studies = createRoute({
  getParentRoute: () => library, path: '/studies',
  validateSearch: (search: Record<string, unknown>): StudiesSearch => present({ dataset: text(search['dataset']), modality: text(search['modality']), sort: text(search['sort']) }) as StudiesSearch,
  component: lazyRouteComponent(() => import('./pages/library.tsx'), 'Studies'),
})
const tools = createRoute({ getParentRoute: () => library, path: '/tools', component: lazyRouteComponent(() => import('./pages/library.tsx'), 'Tools') })
const tool = createRoute({ getParentRoute: () => library, path: '/tools/$tool', component: lazyRouteComponent(() => import('./pages/library.tsx'), 'Tool') })
const unsynced = createRoute({ getParentRoute: () => library, path: '/unsynced', component: lazyRouteComponent(() => import('./pages/library.tsx'), 'Unsynced') })
const nowhere = createRoute({ getParentRoute: () => library, path: '$', component: lazyRouteComponent(() => import('./pages/library.tsx'), 'Nowhere') })
const view = createRoute({ getParentRoute: () => root, path: '/view/$dataset/$handle', component: lazyRouteComponent(() => import('./pages/ViewerPage.tsx'), 'ViewerPage') })

export const createAppRouter = () => createRouter({ routeTree: root.addChildren([library.addChildren([catalogue, dataset, requests, newRequest, myData, studies, tools, tool, unsynced, nowhere]), home, view]), defaultPreload: 'intent' })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
