import { useEffect, useRef } from 'preact/hooks';
import { messageOf } from './worker-link.js';

/**
 * Asks for the camera.
 *
 * @throws Error if there is none, or it is not allowed.
 */
export async function openCamera(): Promise<MediaStream> {
  try {
    if (!navigator.mediaDevices) {
      throw new Error('this browser does not allow a camera on this page');
    }
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  } catch (reason) {
    throw new Error(`The camera could not be used: ${messageOf(reason)}. Choose a file instead.`);
  }
}

interface CameraViewProps {
  stream: MediaStream;
  onShot: (bitmap: ImageBitmap) => void;
  /** Called after a shot too. The stream has ended by then. */
  onClose: () => void;
}

/** What the camera sees, and a button that takes it. */
export function CameraView({ stream, onShot, onClose }: CameraViewProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  const close = () => {
    for (const track of stream.getTracks()) track.stop();
    onClose();
  };
  return (
    <div class="camera">
      <video ref={video} autoplay playsinline muted aria-label="Camera preview" />
      <button
        type="button"
        onClick={async () => {
          if (video.current) onShot(await createImageBitmap(video.current));
          close();
        }}
      >
        Take it
      </button>
      <button type="button" class="plain" onClick={close}>
        Close
      </button>
    </div>
  );
}
