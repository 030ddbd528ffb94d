import type { StepView } from '@/contract/types'
import { named } from '@/foundation/i18n'

// The names of the boxes where work is done, read from the process file itself.
const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL'
// The start comes first, so that it does where a case was taken in and handed on in one act.
const BOXES = ['startEvent', 'userTask', 'serviceTask', 'callActivity', 'task', 'sendTask', 'receiveTask']

/** Element id → name, in the reader's language, for tasks, called processes and the start. */
export function boxNames(xml: string, chinese: boolean): Map<string, string> {
  const file = new DOMParser().parseFromString(xml, 'application/xml')
  const names = new Map<string, string>()
  for (const kind of BOXES) {
    for (const box of file.getElementsByTagNameNS(BPMN, kind)) {
      const id = box.getAttribute('id')
      const name = (chinese ? null : box.getAttributeNS('urn:keepword', 'nameEn')) ?? box.getAttribute('name')
      if (id && name) names.set(id, name)
    }
  }
  return names
}

/** Where a case stands, in a list: the name of a task, or what it has called and waits for. */
export const stepText = (step: StepView, t: (key: string, params: { name: string }) => string): string =>
  step.task ? named(step) : t('case.waits-step', { name: named(step) })
