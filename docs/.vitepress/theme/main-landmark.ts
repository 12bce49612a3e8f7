import { useData, useRoute } from 'vitepress';
import { nextTick, onMounted, watch } from 'vue';

/**
 * Makes the content of pages without one, such as the home page, the `main` landmark, which screen
 * readers jump to. VitePress gives its documents one only.
 */
export function useMainLandmark(): void {
  const route = useRoute();
  const { frontmatter } = useData();
  const mark = async () => {
    await nextTick();
    const content = document.querySelector('#VPContent');
    if (frontmatter.value.layout === 'home') content?.setAttribute('role', 'main');
    else content?.removeAttribute('role');
  };
  onMounted(mark);
  watch(() => route.path, mark);
}
