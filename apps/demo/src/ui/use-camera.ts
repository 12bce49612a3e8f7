import { useState } from 'preact/hooks';
import { openCamera } from './camera-view.js';
import { messageOf } from './worker-link.js';

/** The camera of a panel: its stream while it is open, and the ways to open and close it. */
export interface Camera {
  stream: MediaStream | null;
  /** Whether it is open, or the page waits for the permission. */
  isBusy: boolean;
  open: () => Promise<void>;
  close: () => void;
}

/** @param onMessage takes the reason if the camera cannot be used, and `null` if it can. */
export function useCamera(onMessage: (message: string | null) => void): Camera {
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [isOpening, setOpening] = useState(false);
  return {
    stream,
    isBusy: isOpening || stream !== null,
    open: async () => {
      setOpening(true);
      try {
        setStream(await openCamera());
        onMessage(null);
      } catch (reason) {
        onMessage(messageOf(reason));
      } finally {
        setOpening(false);
      }
    },
    close: () => setStream(null),
  };
}
