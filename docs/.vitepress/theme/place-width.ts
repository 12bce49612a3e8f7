import { onMounted, onUnmounted, type Ref, ref } from 'vue';

/** The width of an element, in CSS pixels. It follows the element with the next frame. */
export function usePlaceWidth(place: Ref<HTMLElement | null>): Ref<number> {
  const width = ref(0);
  let frame = 0;
  let observer: ResizeObserver | undefined;
  onMounted(() => {
    observer = new ResizeObserver(() => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        width.value = place.value?.clientWidth ?? 0;
      });
    });
    observer.observe(place.value!);
  });
  onUnmounted(() => {
    observer?.disconnect();
    cancelAnimationFrame(frame);
  });
  return width;
}
