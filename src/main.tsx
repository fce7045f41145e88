import '@mantine/core/styles.css'
import './ui/ui.css'
import { createRoot } from 'react-dom/client'
import { App } from './app/App.tsx'
import { compose } from './app/compose.ts'

const element = document.getElementById('root')
if (!element) throw new Error('the page has no root element')
createRoot(element).render(<App parts={compose({ fetch: window.fetch.bind(window), uuid: () => crypto.randomUUID() })} />)
