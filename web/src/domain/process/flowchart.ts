// The lazily loaded viewer of flowcharts: draws a process file as it stands and marks on it where a case is and has been.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer'
import 'bpmn-js/dist/assets/diagram-js.css'
import 'bpmn-js/dist/assets/bpmn-js.css'

export interface Mark { element: string; kind: 'active' | 'visited' | 'late' | 'standing'; badge?: string; title?: string }
export interface Marks { elements: Mark[]; flows: string[] }

interface Bounds { x: number; y: number; width: number; height: number }
interface Canvas {
  addMarker: (id: string, marker: string) => void
  removeMarker: (id: string, marker: string) => void
  zoom: (level: number | 'fit-viewport', center?: 'auto' | { x: number; y: number }) => number
  viewbox: (box?: Bounds) => Bounds & { outer: { width: number; height: number }; inner: Bounds; scale: number }
  resized: () => void
}
interface Registry { get: (id: string) => (Bounds & { waypoints?: unknown }) | undefined }
interface Overlays { add: (id: string, type: string, overlay: object) => string; remove: (filter: object) => void }
interface ZoomScroll { toggle: (enabled: boolean) => void }

const ENGLISH = 'nameEn'
const NAMESPACE = 'urn:keepword'

/** The file with its names in English, for readers of English; the process itself is untouched. */
export function translated(xml: string, english: boolean): string {
  if (!english) return xml
  const file = new DOMParser().parseFromString(xml, 'application/xml')
  for (const element of file.querySelectorAll('*')) {
    const name = element.getAttributeNS(NAMESPACE, ENGLISH)
    if (name) element.setAttribute('name', name)
  }
  return new XMLSerializer().serializeToString(file)
}

export class FlowchartView {
  private readonly viewer: NavigatedViewer
  private marked: Marks = { elements: [], flows: [] }

  constructor(container: HTMLElement) {
    this.viewer = new NavigatedViewer({
      container,
      // Colours are those of the page, so that dark mode needs no second drawing.
      bpmnRenderer: { defaultFillColor: 'var(--surface)', defaultStrokeColor: 'var(--chart-line)', defaultLabelColor: 'var(--ink)' },
      // The font by its name: texts are measured outside of the page's styles before they are placed.
      textRenderer: { defaultStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 13, lineHeight: 1.3 }, externalStyle: { fontSize: 11 } },
      zoomScroll: { enabled: false },
    } as object)
  }

  private part<Type>(name: string): Type { return this.viewer.get(name) as Type }

  async show(xml: string): Promise<void> {
    await this.viewer.importXML(xml)
    this.marked = { elements: [], flows: [] }
  }

  mark(marks: Marks): void {
    const canvas = this.part<Canvas>('canvas')
    const registry = this.part<Registry>('elementRegistry')
    const overlays = this.part<Overlays>('overlays')
    for (const old of this.marked.elements) if (registry.get(old.element)) canvas.removeMarker(old.element, `kw-${old.kind}`)
    for (const old of this.marked.flows) if (registry.get(old)) canvas.removeMarker(old, 'kw-taken')
    overlays.remove({ type: 'kw-time' })
    this.marked = marks
    for (const flow of marks.flows) if (registry.get(flow)) canvas.addMarker(flow, 'kw-taken')
    for (const mark of marks.elements) {
      if (!registry.get(mark.element)) continue
      canvas.addMarker(mark.element, `kw-${mark.kind}`)
      if (mark.badge) overlays.add(mark.element, 'kw-time', { position: { top: -10, left: 24 }, html: badge(mark) })
    }
  }

  whole(): void {
    const canvas = this.part<Canvas>('canvas')
    canvas.resized()
    canvas.zoom('fit-viewport', 'auto')
  }

  /** As high as the box and from the left: on a telephone the whole would be too small to read. */
  beginning(): void {
    const canvas = this.part<Canvas>('canvas')
    canvas.resized()
    const { outer, inner } = canvas.viewbox()
    const scale = Math.min(0.8, outer.height / (inner.height + 40))
    canvas.viewbox({ x: inner.x - 10, y: inner.y - 20, width: outer.width / scale, height: outer.height / scale })
  }

  zoom(factor: number): void {
    const canvas = this.part<Canvas>('canvas')
    canvas.zoom(Math.min(3, Math.max(0.2, canvas.viewbox().scale * factor)), 'auto')
  }

  /** Shows the neighbourhood of an element in a readable size; the whole where the element is not drawn. */
  around(id: string, scale: number): void {
    const canvas = this.part<Canvas>('canvas')
    const element = this.part<Registry>('elementRegistry').get(id)
    canvas.resized()
    if (!element) return this.whole()
    const { outer, inner } = canvas.viewbox()
    const width = outer.width / scale
    const height = outer.height / scale
    const clamp = (middle: number, length: number, from: number, whole: number): number =>
      length >= whole ? from + (whole - length) / 2 : Math.min(Math.max(middle - length / 2, from - 20), from + whole - length + 20)
    canvas.viewbox({
      x: clamp(element.x + element.width / 2, width, inner.x, inner.width),
      y: clamp(element.y + element.height / 2, height, inner.y, inner.height),
      width, height,
    })
  }

  /** The wheel zooms only where the chart has the page to itself; elsewhere it scrolls the page. */
  wheel(enabled: boolean): void { this.part<ZoomScroll>('zoomScroll').toggle(enabled) }
  destroy(): void { this.viewer.destroy() }
}

function badge(mark: Mark): HTMLElement {
  const label = document.createElement('span')
  label.className = `kw-badge ${mark.kind}`
  label.textContent = mark.badge ?? ''
  if (mark.title) label.title = mark.title
  return label
}
