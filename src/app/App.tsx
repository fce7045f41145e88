import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ApiProvider } from '../api/index.ts'
import { createI18n, I18nextProvider } from '../i18n/index.ts'
import { cssVariablesResolver, theme } from '../ui/theme.ts'
import type { compose } from './compose.ts'
import { DraftsProvider } from './Drafts.tsx'
import { Reached } from './Reached.tsx'
import { createAppRouter } from './router.tsx'

const i18n = createI18n()
const router = createAppRouter()

export const App = ({ parts }: { parts: ReturnType<typeof compose> }) => (
  <I18nextProvider i18n={i18n}>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <QueryClientProvider client={parts.queryClient}>
        <ApiProvider value={parts.api}>
          <Reached><DraftsProvider><RouterProvider router={router} /></DraftsProvider></Reached>
        </ApiProvider>
      </QueryClientProvider>
    </MantineProvider>
  </I18nextProvider>
)
