// Lists come in pages behind a cursor; screens see one list that grows.
import { computed, type ComputedRef, type Ref } from 'vue'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/vue-query'
import type { Page } from '@/contract/types'

export interface Pages<Item> {
  items: ComputedRef<Item[]>
  loading: Ref<boolean>
  error: Ref<unknown>
  more: Ref<boolean>
  loadingMore: Ref<boolean>
  loadMore: () => void
  again: () => void
}

export function usePages<Item>(
  key: ComputedRef<readonly unknown[]>,
  fetchPage: (cursor: string | undefined) => Promise<Page<Item>>,
  enabled?: Ref<boolean>,
): Pages<Item> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => fetchPage(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page<Item>) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    ...(enabled ? { enabled } : {}),
  })
  return {
    items: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []),
    loading: query.isLoading,
    error: query.error,
    more: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    loadMore: () => { if (query.hasNextPage.value && !query.isFetchingNextPage.value) void query.fetchNextPage() },
    again: () => void query.refetch(),
  }
}
