import { gather } from './gather'

export default gather(import.meta.glob('../../**/texts.zh.json', { eager: true, import: 'default' }))
