// One question at a time to whoever sits here, however many requests wait for the answer.
import { ref } from 'vue'
import { caller } from '@/foundation/http/client'

export const asking = ref(false)
let question: Promise<boolean> | undefined
let tell: (proven: boolean) => void = () => {}

caller.stepUp = () => {
  question ??= new Promise((resolve) => { tell = resolve })
  asking.value = true
  return question
}

export function answered(proven: boolean): void {
  asking.value = false
  question = undefined
  tell(proven)
}
