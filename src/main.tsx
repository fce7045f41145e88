import '@mantine/core/styles.css'
import './ui/ui.css'
import { createRoot } from 'react-dom/client'
import { App } from './app/App.tsx'
import { compose } from './app/compose.ts'

const element = document.getElementById('root')
if (!element) throw new Error('the page has no root element')
createRoot(element).render(<App parts={compose({ fetch: window.fetch.bind(window), uuid: () => crypto.randomUUID() })} />)

// Once the page is there: what it starts with next time must not wait for what it needs now.
if (import.meta.env.PROD && 'serviceWorker' in navigator) window.addEventListener('load', () => navigator.serviceWorker.register('/sw.js').catch(() => undefined), { once: true })
