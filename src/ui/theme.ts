import { ActionIcon, Button, createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const petrol: MantineColorsTuple = ['#e9f4f6', '#d2e8ec', '#a9d3db', '#7cbcc9', '#52a5b5', '#2f8ea1', '#177a8e', '#0b6779', '#085463', '#06404c']
const slate: MantineColorsTuple = ['#f7f8f9', '#eef1f3', '#e3e7ea', '#d0d6db', '#b2bbc3', '#87929c', '#5a6570', '#434d57', '#2b333b', '#171c21']
const dark: MantineColorsTuple = ['#dce1e6', '#b9c1c9', '#9aa4ae', '#5c6771', '#3a434b', '#2b3239', '#1f252b', '#181d22', '#101418', '#0a0d0f']

/** The design tokens as a Mantine theme: one accent, one font family, a 4 px grid. */
export const theme = createTheme({
  colors: { petrol, gray: slate, dark }, primaryColor: 'petrol', primaryShade: { light: 7, dark: 4 },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' }, lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' }, radius: { xs: '2px', sm: '4px', md: '6px', lg: '8px' }, defaultRadius: 'md',
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '24px', lineHeight: '32px' }, h2: { fontSize: '16px', lineHeight: '24px' }, h3: { fontSize: '14px', lineHeight: '20px' } } },
  components: {
    // What is typed here may be of a patient: a browser keeps fields with `autocomplete` in its profile, in the clear.
    TextInput: { defaultProps: { autoComplete: 'off' } }, Textarea: { defaultProps: { autoComplete: 'off' } },
    Badge: { defaultProps: { radius: 'sm', variant: 'default', tt: 'none', fw: 500 } }, Button: Button.extend({ defaultProps: { fw: 600 }, vars: (_theme, { variant = 'filled' }) => ({ root: variant === 'filled' ? { '--button-color': 'var(--ciw-on-accent)' } : {} }) }),
    ActionIcon: ActionIcon.extend({ vars: (_theme, { variant = 'filled' }) => ({ root: variant === 'filled' ? { '--ai-color': 'var(--ciw-on-accent)' } : {} }) }), Skeleton: { defaultProps: { animate: false } },
  },
})

/** Status inks and grounds by theme; each holds 4.5:1 on its ground. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f7f8f9', '--ciw-surface': '#ffffff', '--ciw-on-accent': '#ffffff', '--ciw-rail': '#f1f4f5', '--ciw-border': '#e3e7ea', '--ciw-text-2': '#434d57', '--ciw-text-3': '#5a6570', '--mantine-color-dimmed': '#5a6570', '--ciw-hover': '#eef2f4',
    '--ciw-selected': '#e9f4f6', '--ciw-accent-text': '#0b6779', '--ciw-ok': '#1b7340', '--ciw-ok-soft': '#e6f3ea', '--ciw-warn': '#8a5200', '--ciw-warn-soft': '#fcf1df', '--ciw-bad': '#b0281f', '--ciw-bad-soft': '#fbeae8', '--ciw-bar': '#3f93a5', '--mantine-color-placeholder': '#5a6570', '--mantine-color-error': '#b0281f',
  },
  dark: {
    '--mantine-color-body': '#101418', '--ciw-surface': '#181d22', '--ciw-on-accent': '#041014', '--ciw-rail': '#14191d', '--ciw-border': '#2b3239', '--ciw-text-2': '#b9c1c9', '--ciw-text-3': '#9aa4ae', '--mantine-color-dimmed': '#9aa4ae', '--ciw-hover': '#1f252b',
    '--ciw-selected': '#12343b', '--ciw-accent-text': '#7cbcc9', '--ciw-ok': '#6cc08b', '--ciw-ok-soft': '#16301f', '--ciw-warn': '#e0a858', '--ciw-warn-soft': '#362710', '--ciw-bad': '#f1a39c', '--ciw-bad-soft': '#3a1f1d', '--ciw-bar': '#2f8ea1', '--mantine-color-placeholder': '#9aa4ae', '--mantine-color-error': '#f1a39c',
  },
})
