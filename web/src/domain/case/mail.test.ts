// @vitest-environment jsdom
import { expect, it } from 'vitest'
import { framed } from './mail'

it('shows a mail that runs nothing and loads nothing from outside', () => {
  const { page, blocked } = framed('<p onclick="x()" style="color:red">您好</p><script>alert(1)</script><img src="http://t.example/x.gif" alt="标"><img src="data:image/png;base64,AA=="><iframe src="//x"></iframe><a href="javascript:alert(1)">点</a><a href="http://a.example/">看</a><form action="/x"><input></form>')
  expect(blocked).toBe(1)
  for (const gone of ['onclick', 'style="', 'script>', '<iframe', 'javascript:', '<form', 'src="http', 'href="http://a']) expect(page).not.toContain(gone)
  expect(page).toContain('data:image/png')
  expect(page).toContain('看 &lt;http://a.example/&gt;')
  expect(page).toContain("default-src 'none'")
})
