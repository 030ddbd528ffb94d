// Runs before the first paint, so that a dark screen never flashes white. A file of its own because the content
// security policy allows no script inside the page.
(function () {
  var chosen = null
  try { chosen = localStorage.getItem('kw.theme') } catch (e) { /* no storage: follow the system */ }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
