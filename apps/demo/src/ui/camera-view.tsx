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
  /** Called if no picture could be taken. */
  onError: (message: string) => void;
  /** Called after a shot too. */
  onClose: () => void;
}

/** What the camera sees, and a button that takes it. The stream ends with the view. */
export function CameraView({ stream, onShot, onError, onClose }: CameraViewProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
    return () => {
      for (const track of stream.getTracks()) track.stop();
    };
  }, [stream]);
  return (
    <div class="camera">
      <video ref={video} autoplay playsinline muted aria-label="Camera preview" />
      <button
        type="button"
        onClick={async () => {
          const bitmap = await createImageBitmap(video.current!).catch(() => null);
          if (bitmap) {
            onShot(bitmap);
            onClose();
          } else {
            // Before its first frame, a video has no picture.
            onError('The camera shows no picture yet. Wait a moment, then take it.');
          }
        }}
      >
        Take it
      </button>
      <button type="button" class="plain" onClick={onClose}>
        Close
      </button>
    </div>
  );
}
