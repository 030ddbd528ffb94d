// Attachments on their way: each with its progress, and a way to stop it.
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Attachment } from '@/contract/types'
import { newKey } from '@/foundation/http/act'
import { readable } from '@/foundation/http/problem'
import { upload } from '@/foundation/http/upload'

export interface Running { key: string; name: string; share: number; failed: string | null }

export function useUploads(caseId: () => string, done: (attachment: Attachment) => void) {
  const { t } = useI18n()
  const running = ref<Running[]>([])
  const cancels = new Map<string, () => void>()
  const drop = (key: string): void => { running.value = running.value.filter((row) => row.key !== key); cancels.delete(key) }

  async function one(file: File): Promise<void> {
    const key = newKey()
    running.value = [...running.value, { key, name: file.name, share: 0, failed: null }]
    const row = running.value.find((known) => known.key === key)!
    const sending = upload<Attachment>(`/cases/${caseId()}/attachments`, file, (share) => { row.share = share })
    cancels.set(key, sending.cancel)
    try {
      const attachment = await sending.done
      drop(key)
      done(attachment)
    } catch (error) {
      if (error instanceof DOMException) return drop(key)
      const words = readable(error, t)
      row.failed = `${words.what} ${words.hint}`
    }
  }
  function add(files: File[]): void { for (const file of files) void one(file) }
  function cancel(key: string): void { cancels.get(key)?.(); drop(key) }
  return { running, add, cancel }
}
