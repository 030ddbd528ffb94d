// Cleans the HTML of a mail for a sandboxed frame: no scripts, forms or frames, nothing fetched from outside.
import DOMPurify from 'dompurify'

export interface Framed { page: string; blocked: number }

const OUTSIDE = /^\s*(?!data:image\/|cid:|#|mailto:|tel:)/i

/** A whole page for `srcdoc`; `blocked` counts the remote images left out. */
export function framed(html: string): Framed {
  const clean = DOMPurify.sanitize(html, {
    FORBID_TAGS: ['style', 'form', 'input', 'button', 'textarea', 'select', 'iframe', 'object', 'embed', 'audio', 'video', 'source', 'link', 'meta', 'base', 'svg', 'math'],
    FORBID_ATTR: ['style', 'srcset', 'ping', 'background', 'action', 'formaction', 'class', 'id', 'name'],
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  })
  let blocked = 0
  for (const image of clean.querySelectorAll('img')) {
    if (OUTSIDE.test(image.getAttribute('src') ?? '')) {
      blocked += 1
      const note = document.createElement('em')
      note.textContent = `[${image.getAttribute('alt') || '图片'}]`
      image.replaceWith(note)
    }
  }
  // A link in a frame that may open nothing would do nothing: its address is shown to be copied.
  for (const link of clean.querySelectorAll('a')) {
    const address = link.getAttribute('href') ?? ''
    link.removeAttribute('href')
    if (address !== '' && link.textContent?.trim() !== address) link.append(` <${address}>`)
  }
  const holder = document.createElement('div')
  holder.append(clean)
  const style = `${location.origin}/mail.css`
  const page = `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src ${location.origin}"><link rel="stylesheet" href="${style}"></head><body>${holder.innerHTML}</body></html>`
  return { page, blocked }
}
