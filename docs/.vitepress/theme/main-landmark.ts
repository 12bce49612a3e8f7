import { useRoute } from 'vitepress';
import { nextTick, onMounted, watch } from 'vue';

/**
 * VitePress makes a `main` landmark for documents only. This makes the content of every other page
 * one. Screen readers jump to it.
 */
export function useMainLandmark(): void {
  const route = useRoute();
  const mark = async () => {
    await nextTick();
    const content = document.querySelector('#VPContent');
    if (content?.querySelector('main')) content.removeAttribute('role');
    else content?.setAttribute('role', 'main');
  };
  onMounted(mark);
  watch(() => route.path, mark);
}
