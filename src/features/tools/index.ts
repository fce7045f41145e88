export { ToolsPage } from './components/ToolsPage.tsx'
