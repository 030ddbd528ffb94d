// A folder's texts stand beside its code and are named after it: domain/case/texts.zh.json holds `case.*`.
export function gather(files: Record<string, unknown>): Record<string, unknown> {
  const all: Record<string, unknown> = {}
  for (const [path, texts] of Object.entries(files)) {
    const folder = path.split('/').at(-2)
    // The foundation's are what all screens share.
    all[folder === 'i18n' || folder === '.' || folder === undefined ? 'common' : folder] = texts
  }
  return all
}
